// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/base/database.h"
#include "core/retrain/config.h"
#include "core/retrain/policy.h"

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::retrain {

/// What a policy remembers of a model between two looks and two starts of the program.
struct ModelState {
    std::optional<QDateTime> lastRetrain; ///< when one was last attempted, by policy or by hand
    std::optional<QString> lastDataHash;  ///< MD5 of the data then
    std::map<QString, double> best;       ///< best value seen of each metric
    Config config;                        ///< changed at run time
    int failedStarts = 0;                 ///< last retrainings in a row that could not be started
};

/// The decision log and the policies' memory: `<root>/decisions.db`. Any thread; several programs at once.
/// Its writes that change what happens (a retrain, the config) are raw calls for core/retrain/actions.h, which makes
/// operations of them; the log of skipped decisions and the best values are records, written directly.
class DecisionStore {
public:
    static Result<std::shared_ptr<DecisionStore>> open(const QString &root);

    Result<ModelState> state(const QString &model) const;
    /// Newest first; model "" = all, limit 0 = all.
    Result<std::vector<Decision>> decisions(const QString &model = {}, int limit = 0) const;
    Result<Decision> decision(const QString &id) const; ///< NotFound

    /// Writes a skipped decision down and gives it with its id ("d-" + 8 hex).
    Result<Decision> appendSkipped(Decision decision);
    /// Writes a retrain down and makes its time the model's last one. Conflict if another program wrote one since
    /// `expectedLast` was read: of two that decide at once only one retrains.
    Result<Decision> appendRetrain(Decision decision, const std::optional<QDateTime> &expectedLast);
    /// The run that the retrain started, later the value that its model reached; or why it could not start, which is counted.
    Result<void> setRun(const QString &id, const QString &run);
    Result<void> setAfter(const QString &id, double after);
    Result<void> setNotStarted(const QString &id, const QString &why);
    Result<void> addNote(const QString &id, const QString &note);

    /// Keeps the better of the stored and the given values (larger or smaller by the metric); NaN is passed over.
    Result<void> rememberBest(const QString &model, const std::map<QString, double> &metrics);
    Result<void> writeConfig(const QString &model, const Config &config);

private:
    explicit DecisionStore(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    Result<Decision> append(Decision decision);
    Result<void> change(const QString &id, const std::function<void(Decision &)> &edit);
    Result<void> countFailedStarts(const QString &model, const std::function<int(int)> &count);
    Result<void> writeState(const QString &model, const ModelState &state);
    std::shared_ptr<Database> m_database;
};

} // namespace pilothouse::retrain
