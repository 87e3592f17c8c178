//! The demonstration organisation: autonomous region → prefectures → counties → halls →
//! departments → counters, named in Chinese, Uyghur and English. Data and its creation.

use crate::log;
use crate::user::ask;
use actors::Hub;
use protocol::account::Names;
use protocol::unit::{CreateUnit, UnitCommand, UnitKind};
use protocol::{EntityKind, StreamId, UnitId, UnitPath};

/// `zh`, `ug`, `en`.
type Named = (&'static str, &'static str, &'static str);

struct Prefecture {
    named: Named,
    /// Who works there, in turn: see `people::Group`.
    mix: &'static str,
    counties: &'static [Named],
}

const REGION: Named =
    ("新疆维吾尔自治区", "شىنجاڭ ئۇيغۇر ئاپتونوم رايونى", "Xinjiang Uygur Autonomous Region");

const PREFECTURES: &[Prefecture] = &[
    Prefecture {
        named: ("乌鲁木齐市", "ئۈرۈمچى شەھىرى", "Urumqi"),
        mix: "huhrkhuhm",
        counties: &[
            ("天山区", "تىيانشان رايونى", "Tianshan District"),
            ("沙依巴克区", "سايباغ رايونى", "Saybagh District"),
        ],
    },
    Prefecture {
        named: ("喀什地区", "قەشقەر ۋىلايىتى", "Kashgar Prefecture"),
        mix: "uhuhuuuru",
        counties: &[
            ("喀什市", "قەشقەر شەھىرى", "Kashgar"),
            ("疏附县", "قەشقەر كونىشەھەر ناھىيىسى", "Shufu County"),
        ],
    },
    Prefecture {
        named: (
            "伊犁哈萨克自治州",
            "ئىلى قازاق ئاپتونوم ئوبلاستى",
            "Ili Kazakh Autonomous Prefecture",
        ),
        mix: "khukhxurk",
        counties: &[
            ("伊宁市", "غۇلجا شەھىرى", "Yining"),
            ("霍城县", "قورغاس ناھىيىسى", "Huocheng County"),
        ],
    },
    Prefecture {
        named: ("和田地区", "خوتەن ۋىلايىتى", "Hotan Prefecture"),
        mix: "uuhuuhuhu",
        counties: &[
            ("和田市", "خوتەن شەھىرى", "Hotan"),
            ("墨玉县", "قاراقاش ناھىيىسى", "Karakax County"),
        ],
    },
    Prefecture {
        named: ("阿克苏地区", "ئاقسۇ ۋىلايىتى", "Aksu Prefecture"),
        mix: "huuhuhuru",
        counties: &[("阿克苏市", "ئاقسۇ شەھىرى", "Aksu"), ("库车市", "كۇچا شەھىرى", "Kuqa")],
    },
    Prefecture {
        named: (
            "巴音郭楞蒙古自治州",
            "بايىنغولىن موڭغۇل ئاپتونوم ئوبلاستى",
            "Bayingolin Mongol Autonomous Prefecture",
        ),
        mix: "mhuhmuhrh",
        counties: &[("库尔勒市", "كورلا شەھىرى", "Korla")],
    },
    Prefecture {
        named: (
            "昌吉回族自治州",
            "سانجى خۇيزۇ ئاپتونوم ئوبلاستى",
            "Changji Hui Autonomous Prefecture",
        ),
        mix: "rhrhurhkh",
        counties: &[("昌吉市", "سانجى شەھىرى", "Changji")],
    },
];

const HALL: Named = ("政务服务中心", "مەمۇرىي مۇلازىمەت مەركىزى", "Government Service Centre");

/// Departments of every hall and how many counters each has.
const DEPARTMENTS: &[(Named, usize)] = &[
    (("综合受理科", "ئۇنىۋېرسال قوبۇل قىلىش بۆلۈمى", "General Reception"), 3),
    (("社保医保科", "ئىجتىمائىي ۋە داۋالىنىش سۇغۇرتا بۆلۈمى", "Social and Medical Insurance"), 1),
    (("不动产登记科", "كۆچمەس مۈلۈك تىزىملاش بۆلۈمى", "Real Estate Registration"), 1),
    (("市场监管科", "بازار نازارەت قىلىش بۆلۈمى", "Market Regulation"), 1),
    (("信息科", "ئۇچۇر بۆلۈمى", "Information Systems"), 0),
];

pub(super) struct Hall {
    pub(super) mix: &'static str,
    pub(super) path: UnitPath,
    /// In the order of [`DEPARTMENTS`].
    pub(super) departments: Vec<UnitPath>,
    pub(super) counters: Vec<UnitPath>,
}

pub(super) struct Organisation {
    pub(super) root: UnitPath,
    /// The region's own hall first.
    pub(super) halls: Vec<Hall>,
}

pub(super) fn names(named: Named) -> Names {
    Names { zh: named.0.to_owned(), ug: Some(named.1.to_owned()), en: Some(named.2.to_owned()) }
}

pub(super) async fn create(hub: &Hub) -> Result<Organisation, String> {
    let bar = log::bar("units", 150);
    let mut maker = Maker { hub, bar, rank: 0 };
    let root = maker.unit(UnitKind::Region, names(REGION), None).await?;
    let regional = names_of_hall(("自治区", "ئاپتونوم رايون", "Regional"));
    let mut halls = vec![maker.hall(regional, "huhkrumhu", &root).await?];
    for prefecture in PREFECTURES {
        let kind = UnitKind::Prefecture;
        let above = maker.unit(kind, names(prefecture.named), Some(&root)).await?;
        for county in prefecture.counties {
            let path = maker.unit(UnitKind::County, names(*county), Some(&above)).await?;
            let named = names_of_hall(*county);
            halls.push(maker.hall(named, prefecture.mix, &path).await?);
        }
    }
    maker.bar.finish_and_clear();
    Ok(Organisation { root, halls })
}

fn names_of_hall(place: Named) -> Names {
    Names {
        zh: format!("{}{}", place.0, HALL.0),
        ug: Some(format!("{} {}", place.1, HALL.1)),
        en: Some(format!("{} {}", place.2, HALL.2)),
    }
}

struct Maker<'a> {
    hub: &'a Hub,
    bar: indicatif::ProgressBar,
    rank: u32,
}

impl Maker<'_> {
    async fn unit(
        &mut self,
        kind: UnitKind,
        names: Names,
        above: Option<&UnitPath>,
    ) -> Result<UnitPath, String> {
        let id = UnitId(self.hub.ids().next());
        self.rank += 1;
        let parent = above.and_then(UnitPath::unit);
        let command = CreateUnit { kind, names, parent, rank: self.rank };
        let stream = StreamId::new(EntityKind::Unit, id.0);
        ask(self.hub, stream, UnitCommand::from(command)).await?;
        self.bar.inc(1);
        let mut path = above.cloned().unwrap_or_default();
        path.0.push(id);
        Ok(path)
    }

    async fn hall(
        &mut self,
        named: Names,
        mix: &'static str,
        above: &UnitPath,
    ) -> Result<Hall, String> {
        let path = self.unit(UnitKind::Hall, named, Some(above)).await?;
        let (mut departments, mut counters) = (Vec::new(), Vec::new());
        for (named, windows) in DEPARTMENTS {
            let department = self.unit(UnitKind::Department, names(*named), Some(&path)).await?;
            for _ in 0..*windows {
                let number = counters.len() + 1;
                let named = Names {
                    zh: format!("{number}号窗口"),
                    ug: Some(format!("{number}-كۆزنەك")),
                    en: Some(format!("Counter {number}")),
                };
                counters.push(self.unit(UnitKind::Counter, named, Some(&department)).await?);
            }
            departments.push(department);
        }
        Ok(Hall { mix, path, departments, counters })
    }
}
