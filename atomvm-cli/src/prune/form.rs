//! Writes the container of a BEAM file.

/// Writes a form of named chunks.
#[derive(Debug)]
pub struct Form {
    bytes: Vec<u8>,
    chunks: Vec<([u8; 4], usize)>,
}

impl Form {
    pub fn new() -> Self {
        Form {
            bytes: b"FOR1\0\0\0\0BEAM".to_vec(),
            chunks: Vec::new(),
        }
    }

    /// Appends a chunk, padded to four bytes.
    pub fn chunk(&mut self, name: [u8; 4], data: &[u8]) {
        self.bytes.extend_from_slice(&name);
        self.bytes
            .extend_from_slice(&(data.len() as u32).to_be_bytes());
        self.bytes.extend_from_slice(data);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        self.chunks.push((name, data.len()));
    }

    /// The chunks so far, with their sizes.
    pub fn chunks(&self) -> &[([u8; 4], usize)] {
        &self.chunks
    }

    pub fn finish(mut self) -> Result<Vec<u8>, String> {
        let size = u32::try_from(self.bytes.len() - 8);
        let size = size.map_err(|_| "more bytes than a file can have".to_owned())?;
        self.bytes[4..8].copy_from_slice(&size.to_be_bytes());
        Ok(self.bytes)
    }
}
