//! A selective forwarding unit without sockets and without a clock: time is given to it.
//! A *source* is one encoded stream of a publisher (a simulcast layer, a microphone); a *leg*
//! is one stream to a viewer, which shows now this source and now that one without the viewer
//! noticing more than a key frame.

pub mod allocate;
pub mod estimate;
pub mod frame;
pub mod keyframes;
pub mod leg;
pub mod meeting;
pub mod room;
pub mod slots;
pub mod speakers;

/// Time since some moment of the shell's choice.
pub type Micros = u64;

/// One encoded stream of a publisher, within a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

/// What is in a picture, which decides what it may cost and what it gives up first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    Audio,
    /// Hands: served before all other video, gives up resolution before frame rate.
    Sign,
    /// Text on a screen: the top layer or nothing.
    Screen,
    Camera,
}
