//! What a person keeps on the account, from outside: the picture, the organisation's own fields,
//! history cleared for oneself, and the watermark that leads back to who looked.

use crate::hub::{Folder, Hub, Person, add_user, run};
use protocol::account::{AccountCommand, ClearHistory, SetAvatar, SetFields, SetPreferences};
use protocol::file::FileRef;
use protocol::http::{Conversation, EventPage, Me};
use protocol::me::{FieldValue, Language, PersonProfile, WatermarkInfo};
use protocol::organisation::{
    FieldKind, OrganisationCommand, OrganisationInfo, ProfileField, SetProfileFields, SetWatermark,
    Watermark, organisation_stream,
};
use protocol::{RoomId, StreamId, account::Names};
use std::io::Cursor;

async fn own(person: &Person, command: impl Into<AccountCommand>) -> Result<(), String> {
    let done = person.client.command(StreamId::from(person.account), command.into()).await;
    done.map(|_| ()).map_err(|error| error.code().unwrap_or("no answer").to_owned())
}

pub(crate) async fn upload(person: &Person, width: u32, height: u32) -> FileRef {
    let mut png = Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([40, 90, 160]));
    picture.write_to(&mut png, image::ImageFormat::Png).expect("written");
    let bytes = png.into_inner();
    let begun = person.door().begin_upload("我.png", bytes.len() as u64).await.expect("room");
    person.door().send_piece(begun.upload, 0, bytes).await.expect("taken");
    person.door().finish_upload(begun.upload, None).await.expect("a picture")
}

#[tokio::test]
async fn a_picture_is_square_and_for_who_may_see_people() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let oblong = SetAvatar { picture: Some(upload(&wang, 64, 32).await) };
    assert_eq!(own(&wang, oblong).await, Err("hub.invalid".to_owned()));
    let square = upload(&wang, 64, 64).await;
    let stolen = SetAvatar { picture: Some(square.clone()) };
    assert_eq!(own(&aygul, stolen).await, Err("drive.file_not_found".to_owned()));
    own(&wang, SetAvatar { picture: Some(square.clone()) }).await.expect("square");
    let seen: PersonProfile =
        aygul.door().get(&format!("/v1/people/{}", wang.account)).await.expect("a colleague");
    assert_eq!(seen.card.avatar, Some(square.blob));
    let path = format!("/v1/people/{}/avatar?blob={}", wang.account, square.blob);
    assert_eq!(hub.get(&path).await.0, 401, "nobody is signed in");
    own(&wang, SetAvatar { picture: None }).await.expect("taken off");
    let gone: Result<serde_json::Value, _> = aygul.door().get(&path).await;
    assert_eq!(gone.expect_err("gone").code(), Some("hub.not_found"));
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn preferences_and_fields_are_the_account_s_and_survive_a_rebuild() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei"]).await;
    add_user(&folder.0, "batur", "operator").await;
    let hub = Hub::start(&folder.0, "127.0.0.1:0").await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let batur = hub.sign_in("batur").await;
    let field = |field: &str, own, shown| ProfileField {
        field: field.to_owned(),
        names: Names { zh: "字段".to_owned(), ..Names::default() },
        kind: FieldKind::Text,
        choices: Vec::new(),
        own,
        shown,
    };
    let fields = vec![field("hobby", true, true), field("staff_no", false, false)];
    let set = || OrganisationCommand::from(SetProfileFields { fields: fields.clone() });
    let refused = aygul.client.command(organisation_stream(), set()).await;
    assert_eq!(refused.expect_err("no operator").code(), Some("organisation.not_allowed"));
    batur.client.command(organisation_stream(), set()).await.expect("an operator");
    let value = |field: &str, text: &str| SetFields {
        values: vec![FieldValue { field: field.to_owned(), text: text.to_owned() }],
    };
    own(&wang, value("hobby", "书法")).await.expect("their own");
    let managed = own(&wang, value("staff_no", "1")).await;
    assert_eq!(managed, Err("account.field_managed".to_owned()));
    let by_manager = AccountCommand::from(value("staff_no", "0421"));
    aygul.client.command(StreamId::from(wang.account), by_manager).await.expect("their manager");
    let language = Some(Language::Ug);
    own(&wang, SetPreferences { language, ..SetPreferences::default() }).await.expect("their own");
    assert_eq!(hub.stop().await, Some(0));

    assert!(run(&folder.0, &["rebuild"], "").await.status.success());
    let hub = Hub::start(&folder.0, "127.0.0.1:0").await;
    let (wang, batur) = (hub.sign_in("wangwei").await, hub.sign_in("batur").await);
    let me: Me = wang.door().get("/v1/me").await.expect("oneself");
    assert_eq!((me.preferences.language, me.fields.len()), (Some(Language::Ug), 2));
    let path = format!("/v1/people/{}", wang.account);
    let seen: PersonProfile = batur.door().get(&path).await.expect("a colleague");
    let shown: Vec<&str> = seen.fields.iter().map(|value| &*value.field).collect();
    assert_eq!(shown, ["hobby"], "what is on no card is for oneself and managers");
    assert_eq!(hub.stop().await, Some(0));
}

#[tokio::test]
async fn history_is_cleared_for_oneself_alone() {
    let folder = Folder::new();
    let hub = Hub::with(&folder.0, &["aygul", "wangwei"]).await;
    let (aygul, wang) = (hub.sign_in("aygul").await, hub.sign_in("wangwei").await);
    let room = aygul.make_room("综合窗口", &[wang.account]).await;
    let seq = aygul.say(room, "以前说的").await;
    let seen = async |person: &Person| {
        let path = format!("/v1/streams/{room}/events?after=0&limit=50");
        let page: EventPage = person.door().get(&path).await.expect("a member");
        let texts = page.events.iter().filter_map(crate::hub::text).collect::<Vec<_>>();
        (page.events.len(), texts.join(" "))
    };
    let clear = ClearHistory { room: Some(RoomId(room.id)), seq: Some(seq) };
    own(&wang, clear).await.expect("their own");
    let (numbers, texts) = seen(&wang).await;
    assert_eq!((numbers as u64, &*texts), (seq, ""), "each number is there, and says nothing");
    assert_eq!(seen(&aygul).await.1, "以前说的");
    let line = wang.page::<Conversation>("/v1/rooms").await.items.remove(0);
    assert!(line.last.is_none(), "no preview either");
    aygul.say(room, "以后说的").await;
    assert_eq!(seen(&wang).await.1, "以后说的");
    own(&wang, ClearHistory::default()).await.expect("everything up to now");
    assert_eq!(seen(&wang).await.1, "");
    assert_eq!(hub.stop().await, Some(0));
}

/// A page with the marks over it, as a screen of this scale shows it.
fn screen(rows: &[String], scale: f64) -> image::GrayImage {
    let cells: Vec<&[u8]> = rows.iter().map(|row| row.as_bytes()).collect();
    image::GrayImage::from_fn((900.0 * scale) as u32, (600.0 * scale) as u32, |x, y| {
        let cell = |at: u32| (f64::from(at) / scale / 4.0) as usize % rows.len();
        let text = (f64::from(y) / scale) % 30.0 < 12.0 && (x / 7 + y / 3) % 3 == 0;
        let dark = cells[cell(y)][cell(x)] == b'1';
        image::Luma([if text { 30 } else { 250 } - if dark { 3 } else { 0 }])
    })
}

#[tokio::test]
async fn the_watermark_of_a_screenshot_leads_back_to_who_looked() {
    let folder = Folder::new();
    Hub::people(&folder.0, &["aygul", "wangwei"]).await;
    add_user(&folder.0, "batur", "operator").await;
    let hub = Hub::start(&folder.0, "127.0.0.1:0").await;
    let (wang, batur) = (hub.sign_in("wangwei").await, hub.sign_in("batur").await);
    let mark: WatermarkInfo = wang.door().get("/v1/watermark").await.expect("one's own");
    assert_eq!(mark.text.as_deref(), Some("wangwei wangwei"), "no telephone: the user name");
    let watermark = Watermark { visible: false, hidden: true };
    let set = OrganisationCommand::from(SetWatermark { watermark });
    batur.client.command(organisation_stream(), set).await.expect("an operator");
    let later: WatermarkInfo = wang.door().get("/v1/watermark").await.expect("one's own");
    assert_eq!((later.text, &later.cells), (None, &mark.cells));
    let info: OrganisationInfo = wang.door().get("/v1/organisation").await.expect("for all");
    assert_eq!(info.watermark, watermark);
    assert_eq!(hub.stop().await, Some(0));

    let file = folder.0.join("screen.png");
    screen(&mark.cells.expect("on by default"), 1.25).save(&file).expect("written");
    let path = file.to_str().expect("plain letters");
    let read = run(&folder.0, &["watermark", "read", path], "").await;
    let said = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(read.status.success() && said.contains("wangwei"), "{said}");
    image::GrayImage::from_pixel(300, 300, image::Luma([250])).save(&file).expect("written");
    let nothing = run(&folder.0, &["watermark", "read", path], "").await;
    assert!(!nothing.status.success(), "nothing is said that is not sure");
}
