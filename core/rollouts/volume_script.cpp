// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/volume_update.h"

namespace pilothouse::rollouts {

// A reader may open the file at any moment: so it is written beside, checked, and renamed. A kill between two lines leaves the old file or the new one.
QString volumeWriteScript() {
    return QStringLiteral("set -eu\n"
                          "mkdir -p \"$DIRECTORY\"\n"
                          "cd \"$DIRECTORY\"\n"
                          "new=\".$NAME.pilothouse-new\"\n"
                          "trap 'rm -f \"$new\"' EXIT\n"
                          "cat \"$PARTS\"/part-* > \"$new\"\n"
                          "echo \"$SHA256  $new\" | sha256sum -c - > /dev/null || { echo 'the checksum of the written file is wrong' > \"$REPORT\"; exit 3; }\n"
                          "kept=-\n"
                          "if [ -e \"$NAME\" ]; then\n"
                          "  ln \"$NAME\" \"$KEEP\" 2> /dev/null || cp -p \"$NAME\" \"$KEEP\"\n"
                          "  sum=$(sha256sum \"$KEEP\"); kept=${sum%% *}\n"
                          "  chmod --reference=\"$NAME\" \"$new\" 2> /dev/null || true\n"
                          "fi\n"
                          "sync\n"
                          "mv -f \"$new\" \"$NAME\"\n"
                          "sync\n"
                          "sum=$(sha256sum \"$NAME\")\n"
                          "printf '%s\\n%s\\n' \"${sum%% *}\" \"$kept\" > \"$REPORT\"\n");
}

QString volumeRestoreScript() {
    return QStringLiteral("set -eu\n"
                          "cd \"$DIRECTORY\"\n"
                          "if [ -z \"$SHA256\" ]; then\n"
                          "  rm -f \"$NAME\"\n"
                          "  sync\n"
                          "  printf '%s\\n' - > \"$REPORT\"\n"
                          "  exit 0\n"
                          "fi\n"
                          "[ -e \"$KEEP\" ] || { echo \"the kept file $KEEP is gone\" > \"$REPORT\"; exit 3; }\n"
                          "new=\".$NAME.pilothouse-new\"\n"
                          "trap 'rm -f \"$new\"' EXIT\n"
                          "cp -p \"$KEEP\" \"$new\"\n"
                          "echo \"$SHA256  $new\" | sha256sum -c - > /dev/null || { echo 'the kept file is another one' > \"$REPORT\"; exit 3; }\n"
                          "sync\n"
                          "mv -f \"$new\" \"$NAME\"\n"
                          "sync\n"
                          "sum=$(sha256sum \"$NAME\")\n"
                          "printf '%s\\n' \"${sum%% *}\" > \"$REPORT\"\n");
}

} // namespace pilothouse::rollouts
