// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/fleet.h"
#include "widgets/base/action_catalogue.h"
#include "widgets/base/saved_view.h"
#include "widgets/base/state.h"
#include "widgets/base/theme.h"

#include <QWidget>

#include <functional>

namespace pilothouse::ui {

class ToastArea;

/// What the user chose (not what was open: that is the session). Plain values; app/console loads and saves them.
struct Preferences {
    SchemeChoice scheme = SchemeChoice::System;
    int scalePercent = 100;    ///< 90 … 150
    bool notifications = true; ///< on the desktop
    bool utc = false;          ///< times in UTC, not in the local zone
    QString language;          ///< "" = of the system, "en", "de"; counts from the next start
    QList<SavedView> runViews; ///< of the table of runs, by name
    bool operator==(const Preferences &) const = default;
};

/// What the window gives a panel. All of it outlives the panel. `fleet` and `jobs` are null in tests that hand snapshots over.
struct PanelContext {
    fleet::Fleet *fleet = nullptr;
    fleet::Jobs *jobs = nullptr;
    ActionCatalogue *actions = nullptr;
    Theme *theme = nullptr;
    ToastArea *toasts = nullptr;
    /// Goes to another panel and shows something there: open("models", "t2m").
    std::function<void(const QString &panel, const QString &argument)> open;
    std::function<Preferences()> preferences;
    std::function<void(const Preferences &)> setPreferences; ///< applied at once and saved
    QString preferencesFile; ///< to show
    std::function<QDateTime()> now; ///< UTC; set by the window, a fixed time in tests
};

struct HeaderBadge {
    State state = State::None;
    QString word;
};

/// One screen of the window. A panel is a function of the snapshot: the window calls showSnapshot() when the panel becomes
/// visible and whenever a new one is there meanwhile; a hidden panel costs nothing. Child widgets that keep their
/// size or columns between starts have an objectName.
class Panel : public QWidget {
    Q_OBJECT
public:
    Panel(const QString &id, const QString &title, const PanelContext &context, QWidget *parent = nullptr);
    QString id() const { return objectName(); }
    QString title() const { return m_title; }

    virtual void showSnapshot(const fleet::Snapshot &snapshot) = 0;
    /// Shows one thing: a model name, a run, a request id (from a link, the palette, an inbox button).
    virtual void openAt(const QString &argument) { Q_UNUSED(argument); }
    /// What stands before the title in the header: "Models › weather-ws2m".
    virtual QStringList path() const { return {}; }
    virtual QString subject() const { return m_title; } ///< the last, bold part of the path
    virtual std::vector<HeaderBadge> badges() const { return {}; }
    /// What a key or palette line of this panel acts on now: the chosen row's id.
    virtual QString currentArgument(const QString &actionId) const { Q_UNUSED(actionId); return {}; }
    /// Where the keyboard goes when the panel is shown.
    virtual QWidget *firstFocus() { return this; }

Q_SIGNALS:
    void headerChanged(); ///< path, subject or badges differ

protected:
    const PanelContext &context() const { return m_context; }
    Theme &theme() const { return *m_context.theme; }
    ActionCatalogue &actions() const { return *m_context.actions; }
    QDateTime now() const { return m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc(); }

private:
    QString m_title;
    PanelContext m_context;
};

} // namespace pilothouse::ui
