// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace pilothouse::cluster {

struct PodCommand {
    QString space, pod, container; ///< container: empty: the pod's default one, as the server takes it
    QStringList command;           ///< a program and its arguments; no shell between
    std::optional<QByteArray> input; ///< its standard input; none: it has none
    qint64 mostOutput = 16 << 20;  ///< bytes kept of each of output and errors; more is an error Invalid
};
struct PodCommandResult {
    int exitCode = 0;
    QByteArray output, errors;
};

/// Runs a command in a container and waits for its end. `onOutput` gets each piece as it comes (not kept then): errors = from standard error.
/// A command that ends with another code than 0 is a result, not an error. Whoever changes something by it is a step of an Operation.
/// Errors: as KubeSocket::open(); NotFound where the program is not in the image; Refused where the input's end cannot be said (servers before v5); Unreachable if
/// the connection broke before the end: the command may go on.
Result<PodCommandResult> runInPod(const KubeApi &api, const PodCommand &command, std::stop_token token = {}, const std::function<void(const QByteArray &bytes, bool errors)> &onOutput = {});

} // namespace pilothouse::cluster
