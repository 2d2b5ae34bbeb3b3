//! The engine as the shell holds it: it is starting, it runs, or it could not start and says why. Every wish of
//! tray and window passes here.

use std::time::Duration;

use controller::view::PauseFor;
use controller::{Controller, Options, Problem, Snapshot, State, told};
use tokio::sync::watch;

/// After a defect of ours it is not tried again at once: it would most likely happen again.
const AFTER_A_DEFECT: Duration = Duration::from_secs(5 * 60);

/// What there is to show: the state, or the reason why there is none.
pub(crate) type View = Result<Snapshot, Problem>;

/// A handle to the engine; clones share it.
#[derive(Clone)]
pub(crate) struct Engine {
    stage: watch::Sender<Stage>,
}

#[derive(Clone)]
enum Stage {
    Starting,
    Running(Controller),
    Failed(Problem),
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            stage: watch::Sender::new(Stage::Starting),
        }
    }
}

impl Engine {
    /// Opens the profile and begins to sync. A failure is kept, for tray and window to tell.
    pub(crate) async fn start(&self, options: Options) {
        let stage = match Controller::open(options).await {
            Ok(controller) => {
                tauri::async_runtime::spawn(run(controller.clone()));
                Stage::Running(controller)
            }
            Err(failure) => {
                tracing::error!(%failure, "the engine could not start");
                Stage::Failed(told(&failure))
            }
        };
        self.stage.send_replace(stage);
    }

    /// What there is to show now; waits while the engine is starting.
    pub(crate) async fn view(&self) -> View {
        self.started().await.map(|controller| controller.snapshot())
    }

    /// Whether nothing will happen before the user did something in front of the screen.
    pub(crate) async fn needs_the_user(&self) -> bool {
        match self.view().await {
            Ok(snapshot) => snapshot.state == State::NotConnected,
            Err(_) => true,
        }
    }

    /// The controller itself; waits while the engine is starting.
    pub(crate) async fn controller(&self) -> Result<Controller, Problem> {
        self.started().await
    }

    /// Begins a run at once.
    pub(crate) async fn sync_now(&self) -> Result<(), Problem> {
        self.started().await.map(|controller| controller.sync_now())
    }

    /// Stops syncing for a while.
    pub(crate) async fn pause(&self, how: PauseFor) -> Result<(), Problem> {
        let paused = self.started().await?.pause_for(how).await;
        paused.map_err(|failure| told(&failure))
    }

    /// Goes on syncing.
    pub(crate) async fn resume(&self) -> Result<(), Problem> {
        let resumed = self.started().await?.set_paused(false).await;
        resumed.map_err(|failure| told(&failure))
    }

    /// Opens the folder with the logs in the desktop's own file manager.
    pub(crate) async fn open_log_folder(&self) -> Result<(), Problem> {
        let folder = self.started().await?.log_folder();
        opener::open(&folder).map_err(|error| {
            tracing::warn!(%error, "the log folder could not be opened");
            Problem {
                code: "folder_not_opened".to_owned(),
                values: [("file".to_owned(), folder.display().to_string())].into(),
                since: 0,
            }
        })
    }

    /// Lets the engine lay down its work. An engine that is only starting has none.
    pub(crate) async fn shutdown(&self) {
        let stage = self.stage.borrow().clone();
        if let Stage::Running(controller) = stage {
            controller.shutdown().await;
        }
    }

    /// Calls `show` with the first view and after every change, but not more often than every `pace`; the last
    /// change is never left out. Ends with the engine.
    pub(crate) async fn every_change(&self, pace: Duration, mut show: impl FnMut(&View)) {
        let controller = match self.started().await {
            Ok(controller) => controller,
            Err(problem) => return show(&Err(problem)),
        };
        let mut changes = controller.watch();
        loop {
            let snapshot = changes.borrow_and_update().clone();
            show(&Ok(snapshot));
            tokio::time::sleep(pace).await;
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    async fn started(&self) -> Result<Controller, Problem> {
        let mut stages = self.stage.subscribe();
        let stage = stages
            .wait_for(|stage| !matches!(stage, Stage::Starting))
            .await
            .expect("the sender is part of self");
        match &*stage {
            Stage::Running(controller) => Ok(controller.clone()),
            Stage::Failed(problem) => Err(problem.clone()),
            Stage::Starting => unreachable!("waited for the end of it"),
        }
    }
}

/// The loop of runs. What goes wrong in one is part of the state. One that breaks off by a defect of ours begins again: nothing stops
/// silently (S9).
async fn run(controller: Controller) {
    loop {
        match tauri::async_runtime::spawn(controller.clone().run()).await {
            Ok(Ok(())) => return,
            Ok(Err(failure)) => tracing::error!(%failure, "syncing has ended"),
            Err(error) => tracing::error!(%error, "syncing broke off"),
        }
        controller.broke_off().await;
        tokio::time::sleep(AFTER_A_DEFECT).await;
    }
}
