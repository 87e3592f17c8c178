//! The program from outside: the built binary, a folder of its own, a real socket, the
//! client that everybody uses. Plus `tidy`, which holds the shape of the source.

mod apps;
mod chat;
mod contacts;
mod crash;
mod disk;
mod drive;
mod frames;
mod guide;
mod hooks;
mod hub;
mod invites;
mod machine;
mod mails;
mod me;
mod meeting;
mod notices;
mod program;
mod push;
mod readers;
mod search;
mod service;
mod sign_in;
mod tasks;
mod tidy;
mod tls;
mod urgent;
mod whispers;
