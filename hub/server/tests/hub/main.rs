//! The program from outside: the built binary, a folder of its own, a real socket, the
//! client that everybody uses. Plus `tidy`, which holds the shape of the source.

mod chat;
mod crash;
mod disk;
mod drive;
mod frames;
mod hub;
mod invites;
mod meeting;
mod notices;
mod program;
mod readers;
mod search;
mod service;
mod sign_in;
mod tasks;
mod tidy;
mod tls;
mod urgent;
mod whispers;
