//! Lets Tauri read its configuration and capabilities. The window itself is built by vite (`npm --prefix
//! ui run build`); without one an empty folder stands in, so that a plain `cargo build` works.

fn main() {
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    std::fs::create_dir_all("ui/dist").expect("the source tree can be written while it is built");
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(&[
            "language", "snapshot", "history", "sync_now", "pause", "resume",
        ]));
    tauri_build::try_build(attributes).expect("tauri.conf.json and the capabilities are valid");
}
