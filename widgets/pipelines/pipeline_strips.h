// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "widgets/base/panel.h"
#include "core/fleet/pipeline_feed.h"

namespace pilothouse::ui {

class Button;
class Label;

/// Systems that could not be read, a line each: what happened, what helps, from when the shown runs are. Hidden while all answer. GUI thread.
class SystemsStrip : public QWidget {
    Q_OBJECT
public:
    explicit SystemsStrip(QWidget *parent = nullptr);
    void setState(const fleet::PipelinesState &state, const QDateTime &now);
    QString text() const; ///< all lines

Q_SIGNALS:
    void againWanted(const QString &connection);

private:
    QStringList m_shown;
    QStringList m_words;
};

/// What systems show and a person should know, newest first; with the button that helps. Hidden without any. GUI thread.
class NoticeStrip : public QWidget {
    Q_OBJECT
public:
    explicit NoticeStrip(const PanelContext &context, QWidget *parent = nullptr);
    /// @param pipeline  of the chosen run: its notices come first
    void setNotices(const std::vector<pipelines::Notice> &notices, const QString &pipeline, const QDateTime &now);
    QStringList shown() const { return m_shown; } ///< ids

private:
    PanelContext m_context;
    QStringList m_shown, m_drawn;
};

} // namespace pilothouse::ui
