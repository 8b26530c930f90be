// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/environments.h"
#include "widgets/base/card.h"
#include "widgets/base/cells.h"

namespace pilothouse::ui {

/// A model in one environment, and how it goes on from there.
struct EnvironmentLine {
    fleet::EnvironmentModel model;
    QString next; ///< the environment after it; empty: this is the last of its chain
};

/// What stands in one environment, one line a model.
class EnvironmentModels : public RowsModel<EnvironmentLine> {
    Q_OBJECT
public:
    enum ColumnIndex { Model, Live, Newest };
    explicit EnvironmentModels(QObject *parent = nullptr);
    void setState(const fleet::EnvironmentState &state);

protected:
    QString key(const EnvironmentLine &row) const override { return row.model.model; }
    QVariant cell(const EnvironmentLine &row, int column, int role) const override;
};

/// Role, guard, approvals and gates of an environment in words.
std::vector<KeyValues::Row> environmentRules(const fleet::EnvironmentState &state);

/// The way of a model from one environment into the next: "t2m/4/staging", as promotion.next takes it; empty with a reason where there is none.
struct NextStep {
    QString argument, reason;
};
NextStep nextStep(const fleet::EnvironmentState &state, const QString &model);

} // namespace pilothouse::ui
