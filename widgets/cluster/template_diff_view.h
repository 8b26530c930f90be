// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/pod_template.h"

#include <QAbstractScrollArea>

namespace pilothouse::ui {

/// What two pod templates differ in, line by line (board 06): what went on red, what came on green. Ctrl C copies it as text.
class TemplateDiffView : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit TemplateDiffView(QWidget *parent = nullptr);
    void setDiff(cluster::TemplateDiff diff);
    /// {"changes","lines":[{"sign","indent","text"}]}, as an operation's details carry it.
    void setDiff(const QJsonObject &diff);
    const cluster::TemplateDiff &diff() const { return m_diff; }
    int neededHeight() const; ///< of all lines

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    int lineHeight() const;
    void place();
    cluster::TemplateDiff m_diff;
};

} // namespace pilothouse::ui
