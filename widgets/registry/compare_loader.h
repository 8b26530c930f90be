// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/registry/run_curves.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <functional>
#include <memory>

namespace pilothouse::ui {

/// What a comparison of runs shows, as one value: the runs, the curves of one metric, and how far either is.
struct CompareState {
    enum Phase { Nothing, Loading, Ready, Failed };
    Phase phase = Nothing; ///< of the runs
    std::shared_ptr<const registry::RunComparison> runs; ///< Ready
    std::optional<Error> error;                          ///< Failed; with Ready: why the runs could not be read anew
    QString source;                                      ///< "local" or the server's host
    QDateTime read;                                      ///< UTC
    QString metric;                  ///< whose curves are shown or being read; empty: none
    Phase curvesPhase = Nothing;
    std::shared_ptr<const registry::RunCurves> curves; ///< Ready
    std::optional<Error> curvesError;                  ///< Failed
    int done = 0, total = 0;         ///< of what is being read now; total 0: not known
};

/// Reads runs and histories for a comparison on a pool, one thing at a time, and says how far it is. What was read of a metric is kept until the runs
/// are read anew. GUI thread.
class CompareLoader : public QObject {
    Q_OBJECT
public:
    using Open = std::function<Result<std::shared_ptr<registry::Registry>>()>; ///< called on the pool
    /// @param pool  for waiting calls; outlives the loader
    explicit CompareLoader(QThreadPool &pool, QObject *parent = nullptr);
    ~CompareLoader() override;
    void load(Open open, const QStringList &runIds);
    void reload(); ///< the same runs again, and the curves of the same metric
    void loadCurves(const QString &metric);
    void stop(); ///< what is under way; what was there stays
    const CompareState &state() const { return m_state; }
    std::function<QDateTime()> now; ///< UTC; the system's clock if not set

Q_SIGNALS:
    void changed(); ///< state()

private:
    struct Runs {
        std::shared_ptr<registry::Registry> registry;
        std::shared_ptr<const registry::RunComparison> comparison;
    };
    using Curves = std::shared_ptr<const registry::RunCurves>;
    void follow();
    Error stopped() const;
    QThreadPool &m_pool;
    Open m_open;
    QStringList m_ids;
    CompareState m_state;
    std::shared_ptr<registry::Registry> m_registry;
    std::shared_ptr<registry::LoadProgress> m_progress;
    QHash<QString, Curves> m_known;
    Task<Runs> m_runsTask;
    Task<Curves> m_curvesTask;
    int m_number = 0; ///< of the newest request: an answer to an older one is not shown
    QTimer m_ticks;   ///< while something is read
};

} // namespace pilothouse::ui
