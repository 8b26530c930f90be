// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QKeySequence>
#include <QObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <optional>
#include <vector>

class QMenu;
class QShortcut;
class QWidget;

namespace pilothouse::ui {

/// What an action can be done to, for palette and context menus: "p-1234", "Promote t2m v4", "1 of 2 approvals".
struct ActionTarget {
    QString argument, text, detail;
};

/// What a command that changes the world says before it runs.
struct Danger {
    QString verb;      ///< on the button: "Abort canary", never "OK"
    QString effect;    ///< "Traffic returns to version 3, 1 revision stops."
    QString undo;      ///< "One step back by U." or that it cannot be undone
    QString typedName; ///< not empty: this must be typed first (guarded connection)
    bool wantsComment = false; ///< a comment is required; the handler gets it
};

/// What the rules of the workspace say of a write: see writeGate().
struct WriteGate {
    QString refused;   ///< empty: it may be tried
    QStringList typed; ///< guarded connections whose names are to be typed first
};

/// One command of the console. Text, key and state stand here once; menus, palette, buttons and shortcuts read them.
struct ActionSpec {
    QString id;      ///< "promotion.approve"
    QString text;    ///< "Approve and promote"; an ellipsis is added when something is asked first
    QString icon;    ///< name of our set; may be empty
    QKeySequence shortcut;
    QString section; ///< of the palette: "Commands", "Go to"
    QString panel;   ///< id of the panel where the key acts; empty: everywhere
    /// Why it cannot be done now ("needs role approver"); empty: it can. Absent: always possible.
    std::function<QString(const QString &argument)> blocked;
    /// Present: asks once with this text before `run`.
    std::function<Danger(const QString &argument)> danger;
    /// Present: it writes. Blocked where the rules refuse it; where they ask for a name it is asked for, and counts (operations::Confirmed) while
    /// `run` is called.
    std::function<WriteGate(const QString &argument)> gate;
    /// What the palette offers it for; absent: one line without an argument.
    std::function<std::vector<ActionTarget>()> targets;
    std::function<void(const QString &argument, const QString &comment)> run;
    bool inPalette = true;
};

/// All commands of the window. GUI thread; lives as long as the window. A panel adds its own in its constructor.
class ActionCatalogue : public QObject {
    Q_OBJECT
public:
    using Ask = std::function<void(const Danger &danger, const ActionSpec &spec, std::function<void(const QString &comment)> go)>;
    explicit ActionCatalogue(QObject *parent = nullptr);

    /// A second spec with the same id replaces the first (a panel built again).
    void add(ActionSpec spec);
    const ActionSpec *find(const QString &id) const;
    const std::vector<ActionSpec> &all() const { return m_specs; }
    void remove(const QString &id);
    /// Ask: may this id exist? Want: it is on a button, so it has to be here soon (`added` tells). Bring: it has to be here now, its panel
    /// built and fed. Show: it does not exist after all, so what it belongs to is shown instead. False: nobody knows it.
    enum class Resolve { Ask, Want, Bring, Show };
    void setResolver(std::function<bool(const QString &id, Resolve how)> resolver) { m_resolver = std::move(resolver); }
    bool bring(const QString &id); ///< true if it is here now
    void want(const QString &id);  ///< it is shown somewhere, so it is here soon
    void renew(const QStringList &ids); ///< what these may do has changed: `added` is told again
    /// Empty: can be done now. An unknown id: a sentence too.
    QString blocked(const QString &id, const QString &argument = {}) const;
    /// Runs it, after asking where it is dangerous. Blocked: `refused` is emitted with the reason and nothing runs.
    void trigger(const QString &id, const QString &argument = {});
    /// How a dangerous command is confirmed: a sheet in the window; tests answer by themselves.
    void setAsk(Ask ask) { m_ask = std::move(ask); }

    /// Text with the ellipsis of commands that ask first.
    QString label(const QString &id) const;
    /// A context menu of these ids ("-" is a line), closed over one argument; owned by `parent`.
    QMenu *menu(const QStringList &ids, const QString &argument, QWidget *parent);
    /// Installs the keys of all specs with `panel` on a widget. `argument(id)` names what the key acts on.
    void installShortcuts(const QString &panel, QWidget *widget, std::function<QString(const QString &id)> argument);

Q_SIGNALS:
    void added(const QString &id);
    void triggered(const QString &id, const QString &argument);
    void refused(const QString &id, const QString &reason);

private:
    struct Keys {
        QString panel;
        QWidget *widget;
        std::function<QString(const QString &)> argument;
    };
    void installKey(const ActionSpec &spec, const Keys &keys);
    std::vector<ActionSpec> m_specs;
    QHash<QString, std::size_t> m_index;
    std::vector<Keys> m_keys;
    Ask m_ask;
    std::function<bool(const QString &, Resolve)> m_resolver;
};

} // namespace pilothouse::ui
