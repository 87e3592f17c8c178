//! Voice and video. `sfu` is the forwarding rules: which packet goes to whom, rewritten how,
//! as pure functions of what arrived and when.
//! Absent until calls join them: the shell that owns sockets and WebRTC sessions, recording.

pub mod sfu;
pub mod shard;
