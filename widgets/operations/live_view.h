// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/task.h"
#include "widgets/base/panel.h"

#include <QDateTimeEdit>

namespace pilothouse::ui {

class Label;

/// Which version was live in a model, over a stretch of time; one bar a model.
class LiveBars : public QWidget {
    Q_OBJECT
public:
    explicit LiveBars(QWidget *parent = nullptr);
    /// @param history newest first, per model
    void setHistory(std::vector<std::pair<QString, std::vector<promotion::LiveRecord>>> history, const QDateTime &now);
    void setTime(const QDateTime &time);
    QSize sizeHint() const override;

Q_SIGNALS:
    void timeChosen(const QDateTime &time);

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    QRectF area() const;
    std::vector<std::pair<QString, std::vector<promotion::LiveRecord>>> m_history;
    QDateTime m_from, m_now, m_time;
};

/// The version that was live at a time, from a history that is newest first; nullptr: none yet. Pure; tested.
const promotion::LiveRecord *liveAt(const std::vector<promotion::LiveRecord> &history, const QDateTime &time);

/// "What was live?": a moment, the answer in words for each model, and the bars.
class LiveView : public QWidget {
    Q_OBJECT
public:
    LiveView(const PanelContext &context, QWidget *parent = nullptr);
    /// Asks the promotion service on a pool; a model's champion alias is the one the workspace names.
    void refresh();
    void setHistory(std::vector<std::pair<QString, std::vector<promotion::LiveRecord>>> history);

Q_SIGNALS:
    void failed(const Error &error);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void answer();
    PanelContext m_context;
    QDateTimeEdit *m_when;
    Label *m_words;
    LiveBars *m_bars;
    std::vector<std::pair<QString, std::vector<promotion::LiveRecord>>> m_history;
    using History = std::vector<std::pair<QString, std::vector<promotion::LiveRecord>>>;
    Task<History> m_task;
};

} // namespace pilothouse::ui
