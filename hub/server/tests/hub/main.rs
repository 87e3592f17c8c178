//! The program from outside: the built binary, a folder of its own, a real socket, the
//! client that everybody uses. Plus `tidy`, which holds the shape of the source.

mod apps;
mod bucket;
mod calls;
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
mod links;
mod machine;
mod mails;
mod me;
mod meeting;
mod notices;
mod plans;
mod program;
mod push;
mod readers;
#[path = "../../../../persistence/tests/persistence/s3.rs"]
mod s3;
mod search;
mod service;
mod sign_in;
mod tasks;
mod tidy;
mod tls;
mod urgent;
mod whispers;
