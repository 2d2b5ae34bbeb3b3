#!/bin/sh
# Draws the PNG, ICO and ICNS files of this folder from its SVG files. Run it after an SVG was changed; the
# pictures are kept in the tree, so that a build needs no drawing program.
# Needs rsvg-convert (Debian: librsvg2-bin) and the window's node_modules (tauri's icon command).
set -eu
cd "$(dirname "$0")"
for drawing in tray/*.svg; do
    rsvg-convert --width 64 --height 64 --format png --output "${drawing%.svg}.png" "$drawing"
done
scratch=$(mktemp -d)
rsvg-convert --width 1024 --height 1024 --format png --output "$scratch/app.png" app.svg
../ui/node_modules/.bin/tauri icon "$scratch/app.png" --output "$scratch/out" >/dev/null 2>&1
for name in 32x32.png 128x128.png 128x128@2x.png icon.icns icon.ico icon.png; do
    cp "$scratch/out/$name" "$name"
done
rm -r "$scratch"
