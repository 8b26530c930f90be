// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <QByteArray>

namespace pilothouse::cluster {

/// The exit code out of what the server says at the end on the channel of its status (k8s.io/apimachinery remotecommand): {"status":"Success"}, a failure with the reason
/// NonZeroExitCode and the cause ExitCode, or why the command did not run. Errors: NotFound where the program is not in the image; Unreachable for all else.
Result<int> exitCodeOf(const QByteArray &status, const QString &where);

} // namespace pilothouse::cluster
