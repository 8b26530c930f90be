// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/registry/run_columns.h"

#include <QHash>
#include <QSet>

#include <memory>

namespace pilothouse::registry {

/// What was last seen of a registry's runs.
struct KnownRuns {
    std::vector<Run> runs;  ///< newest first
    QDateTime read;         ///< when the registry was last asked; invalid: never
    QDateTime complete;     ///< when the whole list was last read; invalid: it never was to its end
};

/// What was last seen of a registry's models.
struct KnownModels {
    std::vector<RegisteredModel> models;
    std::vector<Version> versions; ///< of all models; of each newest first
    QDateTime read;                ///< invalid: never
};

/// The last known lists of remote registries, in a file of their own: a screen is filled from it while the server is asked, and when the
/// server is gone. All in it can be asked again: a broken file is thrown away. Any thread; several programs at once.
/// A connection that leads to another address has nothing known.
class RunCache {
public:
    /// Errors: the file cannot be written.
    static Result<std::shared_ptr<RunCache>> open(const QString &file);

    /// @param most  the newest so many; 0: all
    Result<KnownRuns> runs(const QString &connection, const QString &address, int most = 0) const;
    /// Adds or replaces `put` and takes out `gone`, in one step.
    Result<void> change(const QString &connection, const QString &address, const std::vector<Run> &put, const QStringList &gone);
    /// Says when the list was read. @param complete  invalid: it was not read to its end
    Result<void> setRead(const QString &connection, const QString &address, const QDateTime &read, const QDateTime &complete = {});

    Result<KnownModels> models(const QString &connection, const QString &address) const;
    Result<void> setModels(const QString &connection, const QString &address, const KnownModels &models);
    /// They were read again, and nothing of them differs.
    Result<void> setModelsRead(const QString &connection, const QString &address, const QDateTime &read);

    /// Figures over histories of runs that have ended: run id → value; NaN: there is none.
    Result<QHash<QString, double>> figures(const QString &connection, const QString &address, const RunColumn &column) const;
    Result<void> addFigures(const QString &connection, const QString &address, const RunColumn &column, const QHash<QString, double> &figures);

private:
    explicit RunCache(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    Result<qint64> place(const QString &connection, const QString &address) const; ///< 0: nothing is known
    Result<qint64> makePlace(const QString &connection, const QString &address);
    std::shared_ptr<Database> m_database;
};

/// One pass over a registry's runs, piece by piece, on top of what is known. One thread at a time.
class RunReading {
public:
    enum Extent {
        Changes,   ///< runs newer than the newest known, and those that were or are running; of others nothing is noticed
        Everything ///< all; known ones that are no longer there go
    };
    RunReading(std::shared_ptr<const std::vector<Run>> known, Extent extent);
    /// Reads the next piece; blocks. An error leaves what was read so far.
    Result<void> step(const Registry &registry, std::stop_token stop = {});
    bool isDone() const { return m_phase == Done; }
    Extent extent() const { return m_extent; }
    const std::shared_ptr<const std::vector<Run>> &runs() const { return m_runs; } ///< newest first
    const std::vector<Run> &put() const { return m_put; }    ///< of the last step: new or different
    const QStringList &gone() const { return m_gone; }       ///< of the last step
    /// A look at each run before it is merged: what only this machine knows of it.
    std::function<void(Run &)> settle;

private:
    enum Phase { All, New, Running, Named, Done };
    void merge(std::vector<Run> page);
    void next();
    std::shared_ptr<const std::vector<Run>> m_runs;
    Extent m_extent;
    Phase m_phase;
    QString m_token;
    QDateTime m_since;
    QSet<QString> m_seen;
    QStringList m_asked; ///< Named: ids that are still to be asked for
    std::vector<Run> m_put;
    QStringList m_gone;
};

/// All of a registry's models and versions. Blocks.
Result<KnownModels> readModels(const Registry &registry, const QDateTime &now, std::stop_token stop = {});

bool sameRun(const Run &a, const Run &b); ///< nothing of it differs; NaN equals NaN

} // namespace pilothouse::registry
