// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/database.h"
#include "core/serving/revision.h"

#include <QJsonObject>

#include <memory>
#include <optional>
#include <vector>

namespace pilothouse::serving {

/// Steps of serving.db's schema; a released step is never changed.
///   revisions    what was taken into service here, with the model's signature (so that the log can be read without it)
///   state        key → JSON: "rollout", "ab", "shadow", "status" (the last status shown, for when the server is down), "labels_source" (LabelsLook)
///   predictions  one row a request; `input` is the body as it came, `output` the predictions as JSON
///   labels       one row a labelled prediction, with what was predicted and the loss
///   target_labels  the same of a forecast of several targets, one row a target that its label names
///   paired       losses of both sides on one labelled row, while two versions are compared
///   agreement    champion × shadow
std::vector<QString> servingMigrations();

/// Loss of one labelled row by both versions: absolute error, or 0 and 1 for a right and a wrong class.
struct LossPair {
    qint64 sequence = 0;
    int row = 0;
    double stable = 0, canary = 0;
};

/// The part of serving.db that must survive a power cut: revisions, state, pairs. Any thread; the log writes beside it
/// through its own connection.
class ServingStore {
public:
    static Result<std::shared_ptr<ServingStore>> open(const QString &file);
    const std::shared_ptr<Database> &database() const { return m_database; }

    Result<std::vector<Revision>> revisions() const; ///< newest first
    Result<Revision> revision(int number) const;     ///< NotFound
    /// The signature that was stored with a revision. NotFound.
    Result<QJsonObject> signature(int number) const;
    /// Gives the revision its number (the next) and stores it together with `state`.
    Result<Revision> addRevision(Revision revision, const QJsonObject &signature, const QString &key, const std::function<QJsonObject(const Revision &)> &state);
    /// Changes outcomes and state in one transaction.
    struct Outcome {
        int number = 0;
        QString outcome, reason;
    };
    Result<void> save(const QString &key, const QJsonObject &state, const std::vector<Outcome> &outcomes = {});
    Result<std::optional<QJsonObject>> load(const QString &key) const;

    Result<std::vector<LossPair>> pairs(int canary, int step) const;

private:
    explicit ServingStore(std::shared_ptr<Database> database) : m_database(std::move(database)) {}
    Result<void> put(const QString &key, const QJsonObject &state);
    std::shared_ptr<Database> m_database;
};

} // namespace pilothouse::serving
