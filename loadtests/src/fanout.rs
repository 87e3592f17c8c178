//! One room, many watchers: CPU a million deliveries and latency, for the hub and, in the
//! same run, for the bare server of [`crate::limit`].

use crate::{
    hub::Server,
    report::Report,
    socket::{self, Reader, Writer},
};
use hdrhistogram::Histogram;
use std::{
    cell::RefCell,
    path::Path,
    rc::Rc,
    time::{Duration, Instant},
};

type Failure = Box<dyn std::error::Error>;

#[derive(clap::Args, Clone)]
pub(crate) struct Args {
    #[arg(long, default_value_t = 1_000)]
    watchers: usize,
    /// Messages a second into the room.
    #[arg(long, default_value_t = 50)]
    rate: u64,
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

impl Default for Args {
    fn default() -> Self {
        Self { watchers: 1_000, rate: 50, seconds: 10 }
    }
}

struct Crowd {
    writer: Writer,
    readers: Vec<Reader>,
}

pub(crate) async fn run(program: &Path, args: Args, report: &mut Report) -> Result<(), Failure> {
    // Server on one core, generator on the other, as the baselines were taken.
    let limit = Server::limit(Some("0"))?;
    let mut readers = Vec::new();
    for _ in 0..args.watchers {
        readers.push(socket::connect(&limit.address, "watch").await?.1);
    }
    let (writer, own) = socket::connect(&limit.address, "send").await?;
    readers.push(own);
    let bare = measure(&limit, Crowd { writer, readers }, "", &args).await?;
    drop(limit);
    report.figure("fanout", "limit: CPU per million deliveries", bare.cpu, "s");
    report.figure("fanout", "limit: latency p99", bare.p99, "ms");

    let hub = Server::start(program, args.watchers, Some("0"))?;
    let (crowd, room) = gather(&hub).await?;
    let ours = measure(&hub, crowd, &room, &args).await?;
    report.figure("fanout", "hub: CPU per million deliveries", ours.cpu, "s");
    report.figure("fanout", "hub: latency p99", ours.p99, "ms");
    report.figure("fanout", "hub: deliveries", ours.rate, "/s");
    report.figure("fanout", "hub ÷ limit, CPU", ours.cpu / bare.cpu, "×");
    Ok(())
}

async fn gather(hub: &Server) -> Result<(Crowd, String), Failure> {
    let (first, others) = hub.people.split_first().ok_or("no people")?;
    let (mut writer, mut reader) = socket::connect(&hub.address, &first.1).await?;
    reader.until("welcome").await?;
    let room = format!("room:{}", socket::id());
    let none = "{\"name\":\"load\",\"members\":[]}";
    writer.send(socket::command(&socket::id(), Some(&room), "room.create", none)).await?;
    reader.until("ack").await?;
    for some in others.chunks(500) {
        let accounts: Vec<&str> = some.iter().map(|(account, _)| account.as_str()).collect();
        let body = serde_json::json!({ "accounts": accounts }).to_string();
        writer.send(socket::command(&socket::id(), Some(&room), "room.add_members", &body)).await?;
        reader.until("ack").await?;
    }
    let mut readers = vec![reader];
    for (_, token) in others {
        let (mut writer, mut reader) = socket::connect(&hub.address, token).await?;
        reader.until("welcome").await?;
        let from = others.len() + 2;
        writer
            .send(format!(
                "{{\"t\":\"watch\",\"streams\":[{{\"stream\":\"{room}\",\"from\":{from}}}]}}"
            ))
            .await?;
        reader.until("watching").await?;
        // The writer half keeps the socket open; it is not needed again.
        std::mem::forget(writer);
        readers.push(reader);
    }
    Ok((Crowd { writer, readers }, room))
}

struct Measured {
    cpu: f64,
    p99: f64,
    rate: f64,
}

async fn measure(
    server: &Server,
    crowd: Crowd,
    room: &str,
    args: &Args,
) -> Result<Measured, Failure> {
    let epoch = Instant::now();
    let latency = Rc::new(RefCell::new(Histogram::<u64>::new(3)?));
    let local = tokio::task::LocalSet::new();
    for mut reader in crowd.readers {
        let latency = latency.clone();
        local.spawn_local(async move {
            while let Ok(Some(text)) = reader.next().await {
                let sent = text.find("@@").and_then(|at| text[at + 2..].split('@').next());
                if let Some(sent) = sent.and_then(|sent| sent.parse::<u64>().ok()) {
                    let now = u64::try_from(epoch.elapsed().as_micros()).unwrap_or(u64::MAX);
                    latency.borrow_mut().saturating_record(now.saturating_sub(sent));
                }
            }
        });
    }
    let mut writer = crowd.writer;
    let padding = "x".repeat(150);
    let cpu = server.cpu_seconds()?;
    let started = Instant::now();
    local
        .run_until(async {
            let mut ticks = tokio::time::interval(Duration::from_micros(1_000_000 / args.rate));
            for _ in 0..args.rate * args.seconds {
                ticks.tick().await;
                let body = format!("{{\"text\":\"@@{}@{padding}\"}}", epoch.elapsed().as_micros());
                let frame = socket::command(&socket::id(), Some(room), "room.send_message", &body);
                writer.send(frame).await?;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            Ok::<(), Failure>(())
        })
        .await?;
    let spent = server.cpu_seconds()? - cpu;
    let latency = latency.borrow();
    let deliveries = latency.len() as f64;
    Ok(Measured {
        cpu: spent / deliveries * 1e6,
        p99: latency.value_at_quantile(0.99) as f64 / 1e3,
        rate: deliveries / (started.elapsed().as_secs_f64() - 0.5),
    })
}
