//! Services of the demonstration: two desks with agents, and what was asked there this hour:
//! threads that wait, one that is with an agent, one that is closed, answers kept at hand.

use super::history::ask;
use super::people::Staff;
use actors::Hub;
use domain::room::thread_id;
use kernel::{Clock, ManualClock};
use protocol::room::{
    AssignThread, CannedAnswer, CloseThread, CreateDesk, OpenService, SendMessage, SetAnswers,
};
use protocol::{AccountId, EntityKind, Millis, Role, RoomId, StreamId};

const MINUTE: Millis = 60_000;
/// What is asked here begins so long before the demonstration opens.
pub(super) const BEGINS_BEFORE: Millis = 40 * MINUTE;

struct Desk {
    name: &'static str,
    /// Their posts begin so.
    agents: &'static str,
    /// Title and text.
    answers: &'static [(&'static str, &'static str)],
    threads: &'static [Thread],
}

struct Thread {
    /// Minutes before now.
    began: Millis,
    /// By place on the roster of people who are no agents of the desk.
    asker: usize,
    question: &'static str,
    reply: Reply,
}

enum Reply {
    Waits,
    /// By the agent at this place, who has the thread from then on.
    With(usize, &'static str),
    Closed(usize, &'static str),
}

const DESKS: &[Desk] = &[
    Desk {
        name: "医保业务咨询",
        agents: "社保医保岗",
        answers: &[
            (
                "异地就医备案",
                "您好，异地就医备案可在“国家医保服务平台”手机应用办理，也可持身份证到任一窗口当场办结。",
            ),
            ("办理时间", "工作日 10:00–19:30，午间不休息；周六上午开放综合窗口。"),
            (
                "所需材料",
                "请准备：身份证原件、社会保障卡、联系电话。代办另带委托书和代办人身份证。",
            ),
        ],
        threads: &[
            Thread {
                began: 38,
                asker: 12,
                question: "退休人员回内地长住，医保备案要多久生效？",
                reply: Reply::Closed(0, "提交后即时生效，有效期内可随时变更。"),
            },
            Thread {
                began: 31,
                asker: 20,
                question: "新生儿参保可以和出生证一起办吗？",
                reply: Reply::With(1, "可以，走“新生儿出生一件事”，一次提交全部办好。"),
            },
            Thread {
                began: 22,
                asker: 27,
                question: "群众的社保卡在外地刷不了，是不是没有备案？",
                reply: Reply::Waits,
            },
            Thread {
                began: 9,
                asker: 33,
                question: "灵活就业人员缴费档次今年能改几次？",
                reply: Reply::Waits,
            },
        ],
    },
    Desk {
        name: "信息系统服务台",
        agents: "系统运维岗",
        answers: &[("重置密码", "请大厅主任在“通讯录—人员管理”中为您重置，首次登录需修改密码。")],
        threads: &[Thread {
            began: 15,
            asker: 6,
            question: "1号窗口高拍仪识别不到，重启过还是不行。",
            reply: Reply::Waits,
        }],
    },
];

/// The clock stands before the first of them.
pub(super) async fn create(
    hub: &Hub,
    clock: &ManualClock,
    now: Millis,
    staff: &[Staff],
) -> Result<(), String> {
    for desk in DESKS {
        let mut agents: Vec<&Staff> =
            staff.iter().filter(|one| one.post.starts_with(desk.agents)).collect();
        agents.truncate(6);
        open(hub, desk, &staff[0], &agents).await?;
    }
    let desks =
        hub.queries().services(staff[0].account).await.map_err(|error| error.to_string())?;
    let mut threads: Vec<(&Desk, &Thread)> =
        DESKS.iter().flat_map(|desk| desk.threads.iter().map(move |one| (desk, one))).collect();
    threads.sort_by_key(|(_, thread)| -thread.began);
    for (desk, thread) in threads {
        let at = now - thread.began * MINUTE;
        clock.advance((at - clock.now()).max(0));
        let service = desks.iter().find(|one| one.name == desk.name).ok_or("a desk is missing")?;
        play(hub, service.service, desk, thread, staff).await?;
    }
    Ok(())
}

async fn open(hub: &Hub, desk: &Desk, admin: &Staff, agents: &[&Staff]) -> Result<(), String> {
    let stream = StreamId::new(EntityKind::Room, hub.ids().next());
    let members: Vec<AccountId> = agents.iter().map(|agent| agent.account).collect();
    let create = CreateDesk { name: desk.name.to_owned(), members };
    ask(hub, &admin.who(), stream, create.into()).await?;
    let answer = |(title, text): &(&str, &str)| CannedAnswer {
        title: (*title).to_owned(),
        text: (*text).to_owned(),
    };
    let answers = SetAnswers { answers: desk.answers.iter().map(answer).collect() };
    ask(hub, &admin.who(), stream, answers.into()).await.map(|_| ())
}

async fn play(
    hub: &Hub,
    service: RoomId,
    desk: &Desk,
    thread: &Thread,
    staff: &[Staff],
) -> Result<(), String> {
    let others: Vec<&Staff> = staff
        .iter()
        .filter(|one| !one.post.starts_with(desk.agents) && one.role != Role::RegionAdmin)
        .collect();
    let asker = others[thread.asker % others.len()];
    let stream = StreamId::new(EntityKind::Room, thread_id(service, asker.account).0);
    let say = |text: &str| SendMessage { text: text.to_owned(), ..SendMessage::default() };
    ask(hub, &asker.who(), stream, OpenService { service }.into()).await?;
    ask(hub, &asker.who(), stream, say(thread.question).into()).await?;
    let (Reply::With(place, text) | Reply::Closed(place, text)) = &thread.reply else {
        return Ok(());
    };
    let agents: Vec<&Staff> =
        staff.iter().filter(|one| one.post.starts_with(desk.agents)).collect();
    let agent = agents[place % agents.len().min(6)];
    let take = AssignThread { account: agent.account, over: false };
    ask(hub, &agent.who(), stream, take.into()).await?;
    ask(hub, &agent.who(), stream, say(text).into()).await?;
    if matches!(thread.reply, Reply::Closed(..)) {
        ask(hub, &agent.who(), stream, CloseThread {}.into()).await?;
    }
    Ok(())
}
