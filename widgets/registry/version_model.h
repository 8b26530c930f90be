// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// The models of the registry and of the workspace, one line each, for the list on the left.
struct ModelLine {
    QString name, second, right;
    State state = State::Unknown;
};
std::vector<ModelLine> modelLines(const fleet::Snapshot &snapshot, const QDateTime &now);

class ModelListModel : public RowsModel<ModelLine> {
    Q_OBJECT
public:
    explicit ModelListModel(QObject *parent = nullptr);

protected:
    QString key(const ModelLine &row) const override { return row.name; }
    QVariant cell(const ModelLine &row, int column, int role) const override;
};

/// One version with the run it came from and what became of it.
struct VersionLine {
    registry::Version version;
    QString estimator, metrics, decision; ///< decision: "waiting, 1 of 2 approvals", "rejected: …"
    State decisionState = State::None;
    bool served = false;
};
/// Newest first. `metric` is shown for each version, as its run logged it.
std::vector<VersionLine> versionLines(const fleet::Snapshot &snapshot, const QString &model);

class VersionModel : public RowsModel<VersionLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Version, Aliases, Estimator, Metrics, Decision, Created, By, Digest };
    explicit VersionModel(QObject *parent = nullptr);
    void setNow(const QDateTime &now) { m_now = now; }

protected:
    QString key(const VersionLine &row) const override { return QString::number(row.version.version); }
    QVariant cell(const VersionLine &row, int column, int role) const override;
    bool same(const VersionLine &before, const VersionLine &after) const override {
        return before.version.aliases == after.version.aliases && before.version.stage == after.version.stage && before.version.tags == after.version.tags &&
               before.version.description == after.version.description && before.version.digest == after.version.digest && before.estimator == after.estimator &&
               before.metrics == after.metrics && before.decision == after.decision && before.decisionState == after.decisionState && before.served == after.served;
    }

private:
    QDateTime m_now;
};

} // namespace pilothouse::ui
