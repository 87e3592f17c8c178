//! The program from outside: the built binary, a folder of its own, a real socket, the
//! client that everybody uses. Plus `tidy`, which holds the shape of the source.

mod chat;
mod crash;
mod disk;
mod frames;
mod hub;
mod program;
mod sign_in;
mod tidy;
mod tls;
