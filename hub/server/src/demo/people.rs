//! The demonstration people: about 120 accounts in every role, spread over the halls as a
//! real roster would be. Deterministic: the same hall has the same people each time.

use super::names::{HAN, HUI, KAZAKH, MONGOL, UYGHUR, UYGHUR_FATHERS, XIBE};
use super::organisation::{Hall, Organisation};
use crate::log;
use crate::user::ask;
use actors::Hub;
use domain::Who;
use protocol::account::{AccountCommand, CreateAccount, Names, Secret};
use protocol::{AccountId, Grant, Role, UnitPath};
use std::collections::HashSet;

pub(super) struct Staff {
    pub(super) account: AccountId,
    pub(super) role: Role,
    pub(super) post: String,
    pub(super) unit: UnitPath,
    /// The hall by its place in the organisation; the region's own is 0.
    pub(super) hall: usize,
    /// Writes Uyghur as the first language.
    pub(super) uyghur: bool,
}

impl Staff {
    /// The person as the sender of commands.
    pub(super) fn who(&self) -> Who {
        let unit = self.unit.unit();
        let grants = unit.map(|unit| Grant { role: self.role, unit }).into_iter().collect();
        Who { account: Some(self.account), grants, ..Who::default() }
    }
}

/// One place on the roster: role, post, and which unit of the hall.
struct Place(Role, &'static str, fn(&Hall) -> &UnitPath);

const ROSTER: &[Place] = &[
    Place(Role::HallManager, "大厅主任", |hall| &hall.path),
    Place(Role::DepartmentHead, "综合受理科科长", |hall| &hall.departments[0]),
    Place(Role::CounterStaff, "综合受理岗", |hall| &hall.counters[0]),
    Place(Role::CounterStaff, "综合受理岗", |hall| &hall.counters[1]),
    Place(Role::CounterStaff, "综合受理岗（双语）", |hall| &hall.counters[2]),
    Place(Role::CounterStaff, "社保医保岗", |hall| &hall.counters[3]),
    Place(Role::CounterStaff, "不动产登记岗", |hall| &hall.counters[4]),
    Place(Role::DepartmentStaff, "企业开办审核岗", |hall| &hall.departments[3]),
    Place(Role::SignInterpreter, "手语翻译兼导办", |hall| &hall.departments[0]),
];

/// Region-wide posts: role and post.
const REGION: &[(Role, &str)] = &[
    (Role::RegionAdmin, "区划管理员"),
    (Role::Leader, "局长"),
    (Role::Leader, "副局长"),
    (Role::Operator, "系统运维岗"),
    (Role::Operator, "网络运维岗"),
    (Role::Auditor, "安全审计员"),
    (Role::RegionAdmin, "机构编制管理员"),
];

pub(super) async fn create(
    hub: &Hub,
    organisation: &Organisation,
    password: &str,
) -> Result<Vec<Staff>, String> {
    let total = REGION.len() + ROSTER.len() * organisation.halls.len();
    let mut maker = Maker {
        hub,
        password,
        bar: log::bar("accounts", total as u64),
        taken: HashSet::new(),
        made: [0; 6],
        staff: Vec::new(),
    };
    for ((role, post), group) in REGION.iter().zip("huhhkhr".chars()) {
        maker.person(*role, post, &organisation.root, 0, group).await?;
    }
    for (at, hall) in organisation.halls.iter().enumerate() {
        for (Place(role, post, unit), group) in ROSTER.iter().zip(hall.mix.chars()) {
            maker.person(*role, post, unit(hall), at, group).await?;
        }
    }
    maker.bar.finish_and_clear();
    Ok(maker.staff)
}

struct Maker<'a> {
    hub: &'a Hub,
    password: &'a str,
    bar: indicatif::ProgressBar,
    taken: HashSet<String>,
    /// How many of each group exist: Han, Uyghur, Kazakh, Hui, Mongol, Xibe.
    made: [usize; 6],
    staff: Vec<Staff>,
}

impl Maker<'_> {
    async fn person(
        &mut self,
        role: Role,
        post: &str,
        unit: &UnitPath,
        hall: usize,
        group: char,
    ) -> Result<(), String> {
        let names = self.name(group);
        let account = AccountId(self.hub.ids().next());
        let n = self.staff.len();
        let command = CreateAccount {
            username: self.username(names.en.as_deref().unwrap_or_default()),
            names: names.clone(),
            unit: unit.unit().ok_or("a path has a unit")?,
            post: post.to_owned(),
            // Invented.
            phone: Some(format!("1990{:03}{:04}", hall, 1000 + n * 7)),
            password: Secret(self.password.to_owned()),
            roles: vec![role],
        };
        ask(self.hub, account.into(), AccountCommand::from(command)).await?;
        self.bar.inc(1);
        let uyghur = names.ug.is_some();
        let (post, unit) = (post.to_owned(), unit.clone());
        self.staff.push(Staff { account, role, post, unit, hall, uyghur });
        Ok(())
    }

    /// The next name of a group, as written in `mix`.
    fn name(&mut self, group: char) -> Names {
        let (place, pool) = match group {
            'u' => return self.uyghur_name(),
            'k' => (2, KAZAKH),
            'r' => (3, HUI),
            'm' => (4, MONGOL),
            'x' => (5, XIBE),
            _ => {
                let n = self.made[0];
                self.made[0] += 1;
                let (zh, en) = HAN[n % HAN.len()];
                return Names { zh: zh.to_owned(), ug: None, en: Some(en.to_owned()) };
            }
        };
        let n = self.made[place];
        self.made[place] += 1;
        let (zh, ug, en) = pool[n % pool.len()];
        Names { zh: zh.to_owned(), ug: ug.map(str::to_owned), en: Some(en.to_owned()) }
    }

    fn uyghur_name(&mut self) -> Names {
        let n = self.made[1];
        self.made[1] += 1;
        let own = UYGHUR[n % UYGHUR.len()];
        let father = UYGHUR_FATHERS[n % UYGHUR_FATHERS.len()];
        let both = |own: Option<&str>, father: Option<&str>| {
            Some(format!("{} {}", own.unwrap_or_default(), father.unwrap_or_default()))
        };
        Names {
            zh: format!("{}·{}", own.0, father.0),
            ug: both(own.1, father.1),
            en: both(Some(own.2), Some(father.2)),
        }
    }

    /// `Gulbahar Memet` → `gulbahar.memet`, with a number when there are two.
    fn username(&mut self, latin: &str) -> String {
        let plain = latin.to_lowercase().replace('ü', "v").replace(' ', ".");
        let mut name = plain.clone();
        let mut n = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain}{n}");
            n += 1;
        }
        name
    }
}
