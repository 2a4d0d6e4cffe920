//! The platform of Unix-like hosts.
