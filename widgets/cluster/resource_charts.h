// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "core/fleet/capacity.h"
#include "widgets/base/panel.h"
#include "widgets/base/plot.h"

#include <QTimer>

#include <optional>

namespace pilothouse::ui {

class Card;
class Label;
class Legend;

/// CPU, memory, disk and predictions a day of a workload of a cluster over the last week, by Prometheus. Read each minute on the waiting pool while it is to be seen; where a
/// figure is not known, its card says why and what helps.
class ResourceCharts : public QWidget {
    Q_OBJECT
public:
    explicit ResourceCharts(const PanelContext &context, QWidget *parent = nullptr);
    void showWorkload(const QString &connection, const cluster::KubeRef &ref);
    void clear();
    /// What is drawn; for tests and for those who have read it elsewhere.
    void showCapacity(const fleet::Capacity &capacity);

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    struct Chart {
        Card *card = nullptr;
        PlotWidget *plot = nullptr;
        Legend *legend = nullptr;
    };
    void read();
    void showProblem(const Error &error);
    void draw(const Chart &chart, const std::vector<std::pair<QString, const fleet::Capacity::Series *>> &series, const QString &unit, double scale);
    PanelContext m_context;
    QString m_connection;
    cluster::KubeRef m_ref;
    std::array<Chart, 4> m_charts; ///< CPU, memory, disk, predictions a day
    std::optional<fleet::Capacity> m_seen;
    Task<fleet::Capacity> m_task;
    QWidget *m_all = nullptr;
    Label *m_none = nullptr; ///< in place of the charts
    QTimer m_timer;
    int m_number = 0; ///< of the workload: an answer for another is old
};

} // namespace pilothouse::ui
