// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/cells.h"
#include "widgets/base/table.h"
#include "widgets/registry/run_looks.h"

namespace pilothouse::ui {

/// A run beside its line and its value at the crosshair.
struct LegendLine {
    ShownRun run;
    QString value;
    bool operator==(const LegendLine &) const = default;
};

class LegendModel : public RowsModel<LegendLine> {
    Q_OBJECT
public:
    explicit LegendModel(QObject *parent = nullptr);
    void setValueTitle(const QString &title);

protected:
    QString key(const LegendLine &line) const override { return line.run.runId; }
    QVariant cell(const LegendLine &line, int column, int role) const override;
    bool same(const LegendLine &before, const LegendLine &after) const override { return before == after; }
};

/// The runs of a comparison with their lines. The row of the mouse, or the chosen one, is the hovered run of all pages; Space or a click on the
/// line hides it and shows it again.
class RunLegend : public Table {
    Q_OBJECT
public:
    explicit RunLegend(QWidget *parent = nullptr);
    void setLines(std::vector<LegendLine> lines);
    void setValueTitle(const QString &title) { m_model->setValueTitle(title); }
    void setHovered(const QString &runId); ///< marks it without a signal
    const LegendModel *lines() const { return m_model; }

Q_SIGNALS:
    void hoveredChanged(const QString &runId);
    void toggled(const QString &runId);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void leaveEvent(QEvent *event) override;

private:
    LegendModel *m_model;
    bool m_quiet = false;
};

} // namespace pilothouse::ui
