//! Plays the scripts of the last days into a hub whose clock is ours: groups, messages and
//! how far everybody has read. Messages are written by the members themselves.

use super::people::Staff;
use super::scripts::{self, Line, Members};
use super::services;
use crate::log;
use actors::{Hub, Request};
use domain::{Who, room::direct_room_id};
use kernel::{Clock, ManualClock};
use protocol::room::{CreateRoom, MarkRead, OpenDirect, RoomCommand, SendMessage};
use protocol::{CommandId, EntityKind, Millis, Role, Seq, StreamId, TraceId};
use std::collections::HashMap;

const MINUTE: Millis = 60_000;
const DAY: Millis = 24 * 60 * MINUTE;
const BEIJING: Millis = 8 * 60 * MINUTE;

struct Room<'a> {
    stream: StreamId,
    members: Vec<&'a Staff>,
    lines: Vec<Line>,
}

pub(super) async fn create(
    hub: &Hub,
    clock: &ManualClock,
    now: Millis,
    staff: &[Staff],
) -> Result<(), String> {
    let mut rooms = Vec::new();
    for script in scripts::read()? {
        let Some((stream, members)) = open(hub, script.room, staff).await? else { continue };
        rooms.push(Room { stream, members, lines: script.lines });
    }
    let heads = play(hub, clock, now, &rooms).await?;
    services::create(hub, clock, now, staff).await?;
    clock.advance((now - clock.now()).max(0));
    read(hub, &rooms, &heads).await
}

/// Makes the room; `None` where one of two has no place on the roster.
async fn open<'a>(
    hub: &Hub,
    room: scripts::Room,
    staff: &'a [Staff],
) -> Result<Option<(StreamId, Vec<&'a Staff>)>, String> {
    match room {
        scripts::Room::Group { name, members: which } => {
            let members = members(&which, staff);
            let stream = StreamId::new(EntityKind::Room, hub.ids().next());
            let others = members.iter().skip(1).map(|member| member.account).collect();
            let command = CreateRoom { name: name.to_owned(), members: others };
            ask(hub, &members[0].who(), stream, command.into()).await?;
            Ok(Some((stream, members)))
        }
        scripts::Room::Direct(pair) => {
            let found = pair.map(|(hall, place)| {
                staff.iter().filter(|s| s.hall == hall && !region(s)).nth(place)
            });
            let [Some(one), Some(other)] = found else { return Ok(None) };
            let room = direct_room_id(one.account, other.account);
            let stream = StreamId::new(EntityKind::Room, room.0);
            ask(hub, &one.who(), stream, OpenDirect { peer: other.account }.into()).await?;
            Ok(Some((stream, vec![one, other])))
        }
    }
}

/// All lines of all rooms in the order of their time; those still to come are left out.
async fn play(
    hub: &Hub,
    clock: &ManualClock,
    now: Millis,
    rooms: &[Room<'_>],
) -> Result<HashMap<StreamId, Seq>, String> {
    let midnight = (now + BEIJING).div_euclid(DAY) * DAY - BEIJING;
    let mut lines: Vec<(Millis, &Room<'_>, usize, &str)> = Vec::new();
    for room in rooms {
        for line in &room.lines {
            let at = midnight - line.days_ago * DAY + line.after_midnight;
            lines.push((at, room, line.who, line.text));
        }
    }
    lines.retain(|line| line.0 < now - services::BEGINS_BEFORE);
    lines.sort_by_key(|line| line.0);
    let bar = log::bar("messages", lines.len() as u64);
    let mut heads = HashMap::new();
    for (at, room, who, text) in lines {
        clock.advance((at - clock.now()).max(0));
        let sender = room.members[who % room.members.len()];
        let message = SendMessage { text: text.to_owned(), ..SendMessage::default() };
        let seq = ask(hub, &sender.who(), room.stream, message.into()).await?;
        heads.insert(room.stream, seq);
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(heads)
}

/// Everybody has read up to somewhere: some have caught up, others find badges.
async fn read(hub: &Hub, rooms: &[Room<'_>], heads: &HashMap<StreamId, Seq>) -> Result<(), String> {
    for room in rooms {
        let Some(head) = heads.get(&room.stream) else { continue };
        for (n, member) in room.members.iter().enumerate() {
            let seq = head.saturating_sub([0, 2, 0, 1, 3][n % 5]);
            ask(hub, &member.who(), room.stream, MarkRead { seq }.into()).await?;
        }
    }
    Ok(())
}

fn region(staff: &Staff) -> bool {
    staff.unit.0.len() == 1
}

fn members<'a>(which: &Members, staff: &'a [Staff]) -> Vec<&'a Staff> {
    let some = |keep: &dyn Fn(&Staff) -> bool| staff.iter().filter(|s| keep(s)).collect::<Vec<_>>();
    let mut found = match which {
        Members::Hall(hall) => some(&|s| s.hall == *hall && !region(s)),
        Members::Managers => some(&|s| region(s) || s.role == Role::HallManager),
        Members::Counters(_) => some(&|s| s.role == Role::CounterStaff),
        Members::Uyghur(_) => some(&|s| s.uyghur && !region(s)),
        Members::Interpreters => some(&|s| s.role == Role::SignInterpreter),
        Members::Technicians => some(&|s| s.role == Role::Operator || s.role == Role::RegionAdmin),
    };
    if let Members::Counters(most) | Members::Uyghur(most) = which {
        // Evenly over the halls rather than the first few of them.
        let step = (found.len() / most).max(1);
        found = found.into_iter().step_by(step).take(*most).collect();
    }
    found
}

pub(super) async fn ask(
    hub: &Hub,
    who: &Who,
    stream: StreamId,
    command: RoomCommand,
) -> Result<Seq, String> {
    let request = Request {
        id: CommandId(hub.ids().next()),
        stream: Some(stream),
        command: command.into(),
        trace: TraceId(hub.ids().next()),
    };
    let receipt = hub.submit(who, request).await.map_err(|error| error.to_string())?;
    Ok(receipt.seq)
}
