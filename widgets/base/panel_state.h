// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "widgets/base/theme.h"

#include <QDateTime>
#include <QWidget>

#include <functional>

class QStackedLayout;
class QVBoxLayout;

namespace pilothouse::ui {

class Button;
class StateGlyph;

/// The five states of a screen (EXAMPLES §3) as one value.
struct ScreenState {
    enum Kind { Empty, Loading, Full, Stale, Failed } kind = Full;
    QString what;   ///< Empty: "No runs yet". Failed: what happened
    QString why;    ///< Empty: what will be here. Stale, Failed: why
    QString button; ///< the verb that fills it or tries again; may be empty
    std::function<void()> act; ///< of the button
    QDateTime since; ///< Stale: time of the data that is shown
    QString raw;     ///< Failed: the raw answer, behind "Details"

    static ScreenState full() { return {}; }
    static ScreenState empty(QString what, QString why, QString button = {}, std::function<void()> act = {});
    static ScreenState loading();
    static ScreenState stale(QDateTime since, QString why, QString button = {}, std::function<void()> act = {});
    static ScreenState failed(const Error &error, QString button = {}, std::function<void()> act = {});
};

/// Content and the four other states, switched in one place. Loading shows still bars after 200 ms; stale keeps the content
/// under a hatched strip.
class PanelState : public QWidget {
    Q_OBJECT
public:
    explicit PanelState(QWidget *parent = nullptr);
    void setContent(QWidget *content); ///< takes ownership
    QWidget *content() const { return m_content; }
    void show(const ScreenState &state);
    using QWidget::show;
    ScreenState::Kind kind() const { return m_state.kind; }
    QString text() const; ///< the words of the notice that is shown, for tests and screen readers

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    class Notice;
    class Strip;
    Notice &notice();
    Strip &strip();
    ScreenState m_state;
    QWidget *m_content = nullptr;
    QVBoxLayout *m_layout;
    Notice *m_notice;
    Strip *m_strip;
    bool m_bars = false;
};

} // namespace pilothouse::ui
