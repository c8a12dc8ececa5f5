// lifeboat: the front door. `lifeboat VERB …` is `lifeboat-VERB …`; the work is in lib/cli.
#include "cli/front_door.h"

int main(int argc, char** argv) { return lifeboat::cli::run_front_door(argc, argv); }
