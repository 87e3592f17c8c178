//! How a Chinese name is found by typing Latin letters: every reading in full and as
//! initials. Invariant: bounded, however many readings the characters have. Characters
//! without a reading (`·`, Uyghur, Latin) are left out.

use pinyin::ToPinyinMulti;

/// Readings kept of one name: 单 and 曾 have two each, a long transliterated name has many.
const READINGS_MAX: usize = 16;

/// Two columns of the search table; every reading is preceded by a space.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) full: String,
    pub(crate) initials: String,
}

pub(crate) fn keys(name: &str) -> Keys {
    let mut readings: Vec<Vec<&'static str>> = vec![Vec::new()];
    for readings_of_char in name.chars().filter_map(|ch| ch.to_pinyin_multi()) {
        let mut syllables: Vec<&'static str> =
            readings_of_char.into_iter().map(|one| one.plain()).collect();
        // Tones are not typed: 长 zhǎng and 涨 zhàng read the same.
        let mut seen = Vec::new();
        syllables.retain(|one| {
            !seen.contains(one) && {
                seen.push(*one);
                true
            }
        });
        if readings.len() * syllables.len() > READINGS_MAX {
            syllables.truncate(1);
        }
        readings = readings
            .iter()
            .flat_map(|reading| syllables.iter().map(move |one| (reading, one)))
            .map(|(reading, one)| reading.iter().copied().chain([*one]).collect())
            .collect();
    }
    readings.retain(|reading| !reading.is_empty());
    let full = readings.iter().map(|reading| reading.concat());
    let initials = readings
        .iter()
        .map(|reading| reading.iter().filter_map(|one| one.chars().next()).collect::<String>());
    Keys { full: spaced(full), initials: spaced(initials) }
}

fn spaced(readings: impl Iterator<Item = String>) -> String {
    let mut text = String::new();
    let mut seen: Vec<String> = Vec::new();
    for reading in readings {
        if !seen.contains(&reading) {
            // ü is typed as v on Chinese keyboards.
            text.push(' ');
            text.push_str(&reading.replace('ü', "v"));
            seen.push(reading);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn reads_names_in_full_and_by_initials() {
        assert_eq!(keys("张伟").full, " zhangwei");
        assert_eq!(keys("张伟").initials, " zw");
        assert_eq!(keys("Tom").full, "");
        assert!(keys("吕丽").full.contains(" lvli"));
    }

    #[test]
    fn keeps_both_readings_of_a_surname() {
        let shan = keys("单雄");
        assert!(shan.full.contains(" shanxiong") && shan.full.contains(" danxiong"));
        assert!(shan.initials.contains(" sx") && shan.initials.contains(" dx"));
    }

    #[test]
    fn a_long_name_stays_bounded() {
        let name = "艾合买提江·吐尔逊阿依单曾长重行乐";
        assert!(keys(name).full.split_whitespace().count() <= super::READINGS_MAX);
        assert!(keys("艾合买提·图尔逊").initials.contains(" ahmttex"));
    }
}
