//! What the demonstration people wrote to each other in the last days: `scripts.txt`, read.
//! Invariant: a line that cannot be read is named by its number; nothing is passed over.

use protocol::Millis;

const MINUTE: Millis = 60_000;

/// A room and what is said in it.
pub(super) struct Script {
    pub(super) room: Room,
    pub(super) lines: Vec<Line>,
}

pub(super) enum Room {
    Group {
        name: &'static str,
        members: Members,
    },
    /// Two people, each by hall and place on its roster.
    Direct([(usize, usize); 2]),
}

pub(super) enum Members {
    /// Everybody of the hall at this place of the organisation.
    Hall(usize),
    /// The region's posts and every hall's manager.
    Managers,
    /// Counter staff of all halls, so many.
    Counters(usize),
    /// Those who write Uyghur, so many.
    Uyghur(usize),
    Interpreters,
    Technicians,
}

pub(super) struct Line {
    pub(super) days_ago: i64,
    /// After midnight in Beijing.
    pub(super) after_midnight: Millis,
    /// By place among the members.
    pub(super) who: usize,
    pub(super) text: &'static str,
}

pub(super) fn read() -> Result<Vec<Script>, String> {
    let mut scripts: Vec<Script> = Vec::new();
    let numbered = include_str!("scripts.txt").lines().zip(1..);
    for (text, number) in numbered.filter(|(text, _)| !text.is_empty() && !text.starts_with('#')) {
        let unread = || format!("scripts.txt, line {number}: {text}");
        if let Some(title) = text.strip_prefix("== ") {
            let room = room(title).ok_or_else(unread)?;
            scripts.push(Script { room, lines: Vec::new() });
        } else {
            let script = scripts.last_mut().ok_or_else(unread)?;
            script.lines.push(line(text).ok_or_else(unread)?);
        }
    }
    Ok(scripts)
}

fn room(title: &'static str) -> Option<Room> {
    if let Some(pair) = title.strip_prefix("direct ") {
        let mut pair = pair.split(' ').map(|one| {
            let (hall, place) = one.split_once('.')?;
            Some((hall.parse().ok()?, place.parse().ok()?))
        });
        return Some(Room::Direct([pair.next()??, pair.next()??]));
    }
    let (who, name) = title.split_once(" | ")?;
    let (who, number) = who.split_once(' ').unwrap_or((who, "0"));
    let number = number.parse().ok()?;
    let members = match who {
        "hall" => Members::Hall(number),
        "managers" => Members::Managers,
        "counters" => Members::Counters(number),
        "uyghur" => Members::Uyghur(number),
        "interpreters" => Members::Interpreters,
        "technicians" => Members::Technicians,
        _ => return None,
    };
    Some(Room::Group { name, members })
}

fn line(text: &'static str) -> Option<Line> {
    let mut parts = text.splitn(4, ' ');
    let days_ago = parts.next()?.parse().ok()?;
    let (hour, minute) = parts.next()?.split_once(':')?;
    let minutes: Millis = hour.parse::<Millis>().ok()? * 60 + minute.parse::<Millis>().ok()?;
    let who = parts.next()?.parse().ok()?;
    Some(Line { days_ago, after_midnight: minutes * MINUTE, who, text: parts.next()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_and_every_day_of_the_week_has_some() {
        let scripts = read().expect("every line");
        let direct = |script: &&Script| matches!(script.room, Room::Direct(_));
        assert_eq!((scripts.len(), scripts.iter().filter(direct).count()), (11, 5));
        let lines: Vec<&Line> = scripts.iter().flat_map(|script| &script.lines).collect();
        assert_eq!(lines.len(), 74);
        assert!((0..7).all(|day| lines.iter().any(|line| line.days_ago == day)));
        assert!(lines.iter().all(|line| line.after_midnight < 24 * 60 * MINUTE));
        assert!(lines.iter().all(|line| !line.text.trim().is_empty()));
    }
}
