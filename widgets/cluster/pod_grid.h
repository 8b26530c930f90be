// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/workload_follow.h"

#include <QAbstractScrollArea>
#include <QDateTime>

namespace pilothouse::ui {

/// Pods as boxes under the revision they are of (board 06): state, name, age, node, restarts or use, and why one does not run. Arrows and J K move, Enter opens. Draws what is seen only.
class PodGrid : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit PodGrid(QWidget *parent = nullptr);
    /// @param current of the workload: its heading says so; 0: unknown
    void setPods(std::vector<fleet::PodSight> pods, qint64 current, const QDateTime &now);
    QString currentId() const { return m_current; } ///< the pod's name
    void choose(const QString &name);
    void setNow(const QDateTime &now); ///< ages

Q_SIGNALS:
    void chosen(const QString &name);
    void opened(const QString &name);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    struct Box {
        QRect rect;
        int pod = -1; ///< −1: a heading
        QString text, right;
    };
    void place();
    void step(int by);
    const Box *boxAt(const QPoint &point) const;
    std::vector<fleet::PodSight> m_pods;
    std::vector<Box> m_boxes; ///< from top to bottom
    QString m_current;
    QDateTime m_now;
    qint64 m_revision = 0;
    int m_columns = 1;
};

} // namespace pilothouse::ui
