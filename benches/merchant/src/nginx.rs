//! nginx in front of several processes, configured in what matters as docs/internet.md shows it:
//! HTTP/1.1 with kept connections to the backend, and answers may take long.

use crate::programs::resident_kib;
use crate::wire::{Wire, said};
use paywith_test_postgres::HeldPort;
use std::fmt::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The header that says which process answered; only this benchmark's nginx sends it.
pub(crate) const SERVED_BY: &str = "x-served-by";
/// Debian puts it where only root looks.
const PLACES: [&str; 2] = ["nginx", "/usr/sbin/nginx"];
const PATIENCE: Duration = Duration::from_secs(20);
/// The connections, two per shopper, are never spread evenly over nginx's own processes.
const WORKERS: usize = 4;

/// A running nginx; it ends when this is dropped.
pub(crate) struct Nginx {
    pub(crate) address: SocketAddr,
    child: Child,
    _port: HeldPort,
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Asked politely: killed, it would leave its own processes behind.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

impl Nginx {
    /// Starts it in this folder, in front of these; `None` if the program is missing.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) async fn start(
        folder: &Path,
        servers: &[SocketAddr],
        most_files: usize,
    ) -> Result<Option<Nginx>, String> {
        let Some(program) = PLACES.into_iter().find(|name| works(name)) else { return Ok(None) };
        let port = HeldPort::take()?;
        let file = folder.join("nginx.conf");
        let text = configuration(folder, port.address(), servers, most_files);
        std::fs::write(&file, text).map_err(said)?;
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(&file).args(["-g", "daemon off;"]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().map_err(said)?;
        let nginx = Nginx { address: port.address(), child, _port: port };
        let begun = Instant::now();
        while Wire::open(nginx.address).await.is_err() {
            if begun.elapsed() > PATIENCE {
                return Err(format!("nginx does not start; see {}/nginx.log", folder.display()));
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(Some(nginx))
    }

    /// The memory of all its processes, in kibibytes.
    pub(crate) fn resident_kib(&self) -> u64 {
        let master = self.child.id();
        let path = format!("/proc/{master}/task/{master}/children");
        let children = std::fs::read_to_string(path).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|word| word.parse().ok());
        resident_kib(master) + children.map(resident_kib).sum::<u64>()
    }
}

fn works(program: &str) -> bool {
    let mut asked = Command::new(program);
    asked.arg("-v").stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

fn configuration(
    folder: &Path,
    address: SocketAddr,
    servers: &[SocketAddr],
    most_files: usize,
) -> String {
    let (folder, mut upstream) = (folder.display(), String::new());
    for server in servers {
        // Writing to a text cannot fail.
        let _ = writeln!(upstream, "        server {server} max_fails=2 fail_timeout=5s;");
    }
    format!(
        r#"worker_processes {WORKERS};
worker_rlimit_nofile {most_files};
pid {folder}/nginx.pid;
error_log {folder}/nginx.log crit;
events {{ worker_connections {most_files}; }}
http {{
    access_log off;
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    upstream paywith {{
        least_conn;
{upstream}        keepalive 64;
    }}
    server {{
        listen {address} backlog=4096;
        client_max_body_size 64k;
        proxy_http_version 1.1;
        proxy_set_header Connection "";
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Request-Id $request_id;
        proxy_connect_timeout 5s;
        proxy_read_timeout 150s;
        proxy_buffering off;
        add_header {SERVED_BY} $upstream_addr always;
        location /api/ {{ proxy_pass http://paywith; }}
    }}
}}
"#
    )
}
