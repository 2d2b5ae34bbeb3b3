// Values that the build puts in.

/** True where the scripted app is part of the bundle: while developing, testing and in `--mode scripted`. */
declare const __SCRIPTED__: boolean;
