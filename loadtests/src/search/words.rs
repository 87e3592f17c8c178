//! What is written and asked: words of a service hall, the first of them most often (as words
//! are: half as often at every doubling of the rank), names, and numbers that nobody else has.
//! The same for the same seed.

/// By how often they are said.
const WORDS: &[&str] = &[
    "材料",
    "窗口",
    "办理",
    "申请",
    "登记",
    "证明",
    "审核",
    "领取",
    "预约",
    "业务",
    "群众",
    "社保",
    "医保",
    "户籍",
    "补贴",
    "公积金",
    "营业执照",
    "居住证",
    "身份证",
    "不动产",
    "税务",
    "退休",
    "养老",
    "低保",
    "残疾",
    "救助",
    "就业",
    "培训",
    "档案",
    "公章",
    "复印件",
    "原件",
    "签字",
    "盖章",
    "受理",
    "退件",
    "补正",
    "时限",
    "大厅",
    "叫号",
    "排队",
    "自助机",
    "打印",
    "系统",
    "故障",
    "恢复",
    "值班",
    "交接",
    "会议",
    "通知",
    "检查",
    "整改",
    "报表",
    "统计",
    "培植",
    "牧区",
    "巡回",
    "双语",
    "翻译",
    "热线",
    "投诉",
    "回访",
    "满意度",
    "绿色通道",
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
    WORDS[rank.min(WORDS.len() - 1)]
}

pub(super) fn frequent(random: &mut Random) -> String {
    WORDS[random.below(7)].to_owned()
}

pub(super) fn any(random: &mut Random) -> String {
    WORDS[random.below(WORDS.len())].to_owned()
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

pub(super) fn pinyin(random: &mut Random) -> String {
    const TYPED: &[&str] = &["zhangwei", "zw", "lifang", "wn", "guli", "maimaiti", "sbk", "zhb"];
    TYPED[random.below(TYPED.len())].to_owned()
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
