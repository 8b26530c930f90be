// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/learn/tree_workers.h"

#include "core/base/json.h"
#include "core/learn/tree_tracker.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <dlfcn.h>
#include <utility>
#include <xgboost/c_api.h>

namespace pilothouse::learn {

namespace {

using Q = QLatin1String;

/// The tracker of XGBoost 2.1 and newer, which older headers do not declare.
struct LibraryTracker {
    using Create = int (*)(const char *, void **);
    using Run = int (*)(void *, const char *);
    using Arguments = int (*)(void *, const char **);
    using Free = int (*)(void *);
    Create create = reinterpret_cast<Create>(::dlsym(RTLD_DEFAULT, "XGTrackerCreate"));
    Run run = reinterpret_cast<Run>(::dlsym(RTLD_DEFAULT, "XGTrackerRun"));
    Arguments arguments = reinterpret_cast<Arguments>(::dlsym(RTLD_DEFAULT, "XGTrackerWorkerArgs"));
    Free free = reinterpret_cast<Free>(::dlsym(RTLD_DEFAULT, "XGTrackerFree"));
    bool there() const { return create && run && arguments && free; }
};

Error failed(const QString &doing) {
    return Error{ErrorKind::Unreachable, QStringLiteral("XGBoost's workers could not %1.").arg(doing), {}, QStringLiteral("Look at the logs of the other processes; start all of them again, with --resume to go on."),
                 QString::fromUtf8(XGBGetLastError())};
}

} // namespace

struct TreeWorkers::Impl {
    std::unique_ptr<TreeTracker> tracker; ///< rank 0, before XGBoost 2.1
    void *library = nullptr;              ///< rank 0, since
    bool joined = false;

    ~Impl() {
        if (joined)
            XGCommunicatorFinalize(); // tells the tracker, which must still be there
        if (library)
            LibraryTracker().free(library);
    }

    /// Starts the tracker; gives how the workers are told of it.
    Result<QJsonObject> start(const QString &address, int count) {
        const LibraryTracker calls;
        if (!calls.there()) {
            PH_ASSIGN(tracker, TreeTracker::start(address, count));
            return QJsonObject{{Q("xgboost_communicator"), Q("rabit")}, {Q("DMLC_TRACKER_URI"), address}, {Q("DMLC_TRACKER_PORT"), tracker->port()}};
        }
        const QByteArray config = compactJson(QJsonObject{{Q("dmlc_communicator"), Q("rabit")}, {Q("n_workers"), count}, {Q("host"), address}, {Q("port"), 0}, {Q("sortby"), 1}, {Q("timeout"), 300}});
        const char *arguments = nullptr;
        if (calls.create(config.constData(), &library) != 0 || calls.run(library, "{}") != 0 || calls.arguments(library, &arguments) != 0)
            return failed(QStringLiteral("start their tracker"));
        QJsonObject told = QJsonDocument::fromJson(arguments).object();
        told.insert(Q("dmlc_communicator"), Q("rabit"));
        return told;
    }
};

TreeWorkers::TreeWorkers() = default;
TreeWorkers::TreeWorkers(TreeWorkers &&) noexcept = default;
TreeWorkers &TreeWorkers::operator=(TreeWorkers &&) noexcept = default;
TreeWorkers::~TreeWorkers() = default;

Result<TreeWorkers> TreeWorkers::join(Workers &workers) {
    TreeWorkers joined;
    joined.m_impl = std::make_unique<Impl>();
    QByteArray told;
    if (workers.rank() == 0) {
        PH_ASSIGN(const QJsonObject start, joined.m_impl->start(workers.address(), workers.count()));
        told = compactJson(start);
    }
    PH_ASSIGN(told, workers.broadcast(told));
    QJsonObject config = QJsonDocument::fromJson(told).object();
    const QString task = QString::number(workers.rank());
    config.insert(Q("DMLC_TASK_ID"), task); // each release reads its own spelling and leaves the other
    config.insert(Q("dmlc_task_id"), task);
    if (XGCommunicatorInit(compactJson(config).constData()) != 0)
        return failed(QStringLiteral("meet"));
    joined.m_impl->joined = true;
    return joined;
}

} // namespace pilothouse::learn
