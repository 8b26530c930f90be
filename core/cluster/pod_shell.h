// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace pilothouse::cluster {

struct ShellPlace {
    QString space, pod, container; ///< container: empty: the pod's default one, as the server takes it
};
/// bash where the image has it, else sh, with a TERM that terminal_screen understands.
QStringList shellCommand();

/// A shell in a container, with a terminal: what is typed goes in, what comes is taken out, its size follows the window. A whole run() is one step of an Operation.
/// type(), resize(), take() from any thread, none of them waits.
class PodShell {
public:
    /// @param onOutput  called in the thread of run() when there is something to take; it may only tell another thread
    PodShell(ShellPlace place, int columns, int rows, std::function<void()> onOutput);
    void type(const QByteArray &bytes);
    void resize(int columns, int rows);
    QByteArray take(qsizetype most = 64 << 10);
    /// Before run(), in its thread: a place without a container gets the pod's default one, as the server takes none for a pod with several. A pod that cannot be read
    /// changes nothing: what is missing, the shell's own opening says.
    void findContainer(const KubeApi &api, std::stop_token token);
    const ShellPlace &place() const { return m_place; }

    struct End {
        std::optional<int> exitCode; ///< none: it was hung up from here
        qint64 seconds = 0;          ///< how long it was open
    };
    /// Opens it and stays until it ends; blocks on the calling pool thread. To stop the token hangs up, which is no error once it was open.
    /// Errors: as KubeSocket::open(); NotFound where the image has no shell; Unreachable where the connection broke: the shell's program may go on.
    Result<End> run(const KubeApi &api, std::stop_token token);

private:
    ShellPlace m_place;
    const std::function<void()> m_onOutput;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    QByteArray m_in, m_out;
    int m_columns, m_rows;
    bool m_resized = true;
};

} // namespace pilothouse::cluster
