//! Voice and video. `sfu` is the forwarding rules: which packet goes to whom, rewritten how,
//! as pure functions of what arrived and when.
//! `shard` is the shell that owns sockets and WebRTC sessions. Absent until it is needed: recording.

pub mod sfu;
pub mod shard;
