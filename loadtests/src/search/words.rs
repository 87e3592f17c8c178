//! What is written and asked: words of a service hall, the first of them most often (as words
//! are: half as often at every doubling of the rank), names, and numbers that nobody else has.
//! The same for the same seed.

/// By how often they are said, with their pinyin.
const WORDS: &[(&str, &str)] = &[
    ("材料", "cai liao"),
    ("窗口", "chuang kou"),
    ("办理", "ban li"),
    ("申请", "shen qing"),
    ("登记", "deng ji"),
    ("证明", "zheng ming"),
    ("审核", "shen he"),
    ("领取", "ling qu"),
    ("预约", "yu yue"),
    ("业务", "ye wu"),
    ("群众", "qun zhong"),
    ("社保", "she bao"),
    ("医保", "yi bao"),
    ("户籍", "hu ji"),
    ("补贴", "bu tie"),
    ("公积金", "gong ji jin"),
    ("营业执照", "ying ye zhi zhao"),
    ("居住证", "ju zhu zheng"),
    ("身份证", "shen fen zheng"),
    ("不动产", "bu dong chan"),
    ("税务", "shui wu"),
    ("退休", "tui xiu"),
    ("养老", "yang lao"),
    ("低保", "di bao"),
    ("残疾", "can ji"),
    ("救助", "jiu zhu"),
    ("就业", "jiu ye"),
    ("培训", "pei xun"),
    ("档案", "dang an"),
    ("公章", "gong zhang"),
    ("复印件", "fu yin jian"),
    ("原件", "yuan jian"),
    ("签字", "qian zi"),
    ("盖章", "gai zhang"),
    ("受理", "shou li"),
    ("退件", "tui jian"),
    ("补正", "bu zheng"),
    ("时限", "shi xian"),
    ("大厅", "da ting"),
    ("叫号", "jiao hao"),
    ("排队", "pai dui"),
    ("自助机", "zi zhu ji"),
    ("打印", "da yin"),
    ("系统", "xi tong"),
    ("故障", "gu zhang"),
    ("恢复", "hui fu"),
    ("值班", "zhi ban"),
    ("交接", "jiao jie"),
    ("会议", "hui yi"),
    ("通知", "tong zhi"),
    ("检查", "jian cha"),
    ("整改", "zheng gai"),
    ("报表", "bao biao"),
    ("统计", "tong ji"),
    ("培植", "pei zhi"),
    ("牧区", "mu qu"),
    ("巡回", "xun hui"),
    ("双语", "shuang yu"),
    ("翻译", "fan yi"),
    ("热线", "re xian"),
    ("投诉", "tou su"),
    ("回访", "hui fang"),
    ("满意度", "man yi du"),
    ("绿色通道", "lv se tong dao"),
];
const SURNAMES: &[&str] = &["张", "王", "李", "刘", "陈", "马", "阿", "古", "买", "吐"];
const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "丽", "强", "磊", "军", "洋", "勇", "艳", "杰", "娟", "涛", "明",
    "超", "霞", "平", "刚", "桂", "力", "江", "提", "孜",
];

/// A small generator of the family of splitmix64.
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }
}

/// A word as often as people say it.
fn said(random: &mut Random) -> &'static str {
    let octaves = usize::BITS - WORDS.len().leading_zeros();
    let octave = random.below(octaves as usize) as u32;
    let rank = (1_usize << octave) - 1 + random.below(1 << octave);
    WORDS[rank.min(WORDS.len() - 1)].0
}

pub(super) fn frequent(random: &mut Random) -> String {
    WORDS[random.below(7)].0.to_owned()
}

pub(super) fn any(random: &mut Random) -> String {
    WORDS[random.below(WORDS.len())].0.to_owned()
}

/// Any word as it is typed without choosing its characters.
pub(super) fn pinyin(random: &mut Random) -> String {
    WORDS[random.below(WORDS.len())].1.replace(' ', "")
}

/// The first letter of each of its characters.
pub(super) fn initials(random: &mut Random) -> String {
    let (_, pinyin) = WORDS[random.below(WORDS.len())];
    pinyin.split(' ').filter_map(|syllable| syllable.chars().next()).collect()
}

pub(super) fn name(random: &mut Random) -> String {
    let surname = SURNAMES[random.below(SURNAMES.len())];
    let (first, second) = (random.below(GIVEN.len()), random.below(GIVEN.len()));
    format!("{surname}{}{}", GIVEN[first], GIVEN[second])
}

/// As a form has it: ten thousand in use for every letter.
pub(super) fn number(random: &mut Random) -> String {
    let letter = char::from(b'a' + random.below(26) as u8);
    format!("{letter}{:06}", random.below(10_000))
}

pub(super) fn absent(random: &mut Random) -> String {
    format!("鑫犇{}", random.below(1_000))
}

/// A message of the sort that colleagues write.
pub(super) fn message(random: &mut Random) -> String {
    let mut text = format!("{}：", name(random));
    for _ in 0..3 + random.below(5) {
        text.push_str(said(random));
        text.push_str(["", "，", "的", "已经", "请"][random.below(5)]);
    }
    text.push(' ');
    text.push_str(&number(random));
    text
}

/// What people call their files: whose, and of what.
pub(super) fn file_name(random: &mut Random) -> String {
    format!("{}{}{}{}.txt", name(random), said(random), said(random), number(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_a_syllable_for_each_character() {
        for (word, pinyin) in WORDS {
            assert_eq!(word.chars().count(), pinyin.split(' ').count(), "{word}");
        }
    }
}
