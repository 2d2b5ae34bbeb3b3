//! Lets Tauri read its configuration, capabilities and permissions. The window itself is built by vite (`npm --prefix
//! ui run build`); without one an empty folder stands in, so that a plain `cargo build` works.

use tauri_build::{AppManifest, Attributes};

fn main() {
    for read in ["ui/dist", "src-tauri/capabilities", "src-tauri/permissions"] {
        println!("cargo:rerun-if-changed={read}");
    }
    std::fs::create_dir_all("ui/dist").expect("the source tree can be written while it is built");
    // The permissions are written by hand: generated ones would land in a folder at the root.
    let attributes = Attributes::new()
        .capabilities_path_pattern("src-tauri/capabilities/**/*.json")
        .app_manifest(
            AppManifest::new().permissions_path_pattern("./src-tauri/permissions/*.toml"),
        );
    tauri_build::try_build(attributes)
        .expect("tauri.conf.json, capabilities and permissions are valid");
}
