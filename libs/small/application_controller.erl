%% For packs that hold only what is used.
%%
%% No applications are started there: what is asked about them here is undefined.
-module(application_controller).
