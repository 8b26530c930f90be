// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/action_catalogue.h"

#include "core/operations/guard.h"
#include "widgets/base/icons.h"

#include <QAction>
#include <QMenu>
#include <QShortcut>

namespace pilothouse::ui {

ActionCatalogue::ActionCatalogue(QObject *parent) : QObject(parent) {}

void ActionCatalogue::add(ActionSpec spec) {
    const QString id = spec.id;
    if (const auto known = m_index.constFind(id); known != m_index.constEnd()) {
        m_specs[*known] = std::move(spec);
    } else {
        m_index.insert(id, m_specs.size());
        m_specs.push_back(std::move(spec));
        for (const Keys &keys : m_keys)
            if (keys.panel == m_specs.back().panel)
                installKey(m_specs.back(), keys);
    }
    Q_EMIT added(id);
}

void ActionCatalogue::remove(const QString &id) {
    const auto at = m_index.constFind(id);
    if (at == m_index.constEnd())
        return;
    m_specs.erase(m_specs.begin() + qsizetype(*at));
    m_index.clear();
    for (std::size_t i = 0; i < m_specs.size(); ++i)
        m_index.insert(m_specs[i].id, i);
    for (const Keys &keys : m_keys)
        delete keys.widget->findChild<QShortcut *>(QStringLiteral("key:") + id, Qt::FindDirectChildrenOnly);
}

const ActionSpec *ActionCatalogue::find(const QString &id) const {
    const auto at = m_index.constFind(id);
    return at == m_index.constEnd() ? nullptr : &m_specs[*at];
}

bool ActionCatalogue::bring(const QString &id) {
    if (m_resolver)
        m_resolver(id, Resolve::Bring);
    return find(id) != nullptr;
}

void ActionCatalogue::want(const QString &id) {
    if (m_resolver)
        m_resolver(id, Resolve::Want);
}

void ActionCatalogue::renew(const QStringList &ids) {
    for (const QString &id : ids)
        if (find(id))
            Q_EMIT added(id);
}

QString ActionCatalogue::blocked(const QString &id, const QString &argument) const {
    const ActionSpec *spec = find(id);
    if (!spec && m_resolver && m_resolver(id, Resolve::Ask))
        return {}; // known, its panel is not built yet
    if (!spec)
        return tr("There is no command “%1” here.").arg(id);
    if (const QString reason = spec->blocked ? spec->blocked(argument) : QString(); !reason.isEmpty() || !spec->gate)
        return reason;
    return spec->gate(argument).refused;
}

void ActionCatalogue::trigger(const QString &id, const QString &argument) {
    if (!bring(id) && m_resolver && m_resolver(id, Resolve::Show))
        return;
    if (const QString reason = blocked(id, argument); !reason.isEmpty()) {
        Q_EMIT refused(id, reason);
        return;
    }
    const ActionSpec spec = *find(id); // a handler may add specs, which moves the list
    const QStringList typed = spec.gate ? spec.gate(argument).typed : QStringList();
    const auto go = [this, spec, argument, typed](const QString &comment) {
        const operations::Confirmed confirmed(typed);
        Q_EMIT triggered(spec.id, argument);
        spec.run(argument, comment);
    };
    if (!spec.danger && typed.isEmpty())
        return go({});
    if (!m_ask) {
        Q_EMIT refused(id, tr("Nothing can ask for confirmation here, so nothing was done."));
        return;
    }
    Danger danger;
    if (spec.danger)
        danger = spec.danger(argument);
    else
        danger = {spec.text, tr("This writes to %1, which is guarded.").arg(typed.join(QStringLiteral(", "))), {}, {}, false};
    if (!typed.isEmpty())
        danger.typedName = typed.join(QStringLiteral(", "));
    m_ask(danger, spec, go);
}

QString ActionCatalogue::label(const QString &id) const {
    const ActionSpec *spec = find(id);
    if (!spec)
        return id;
    return spec->danger && !spec->text.endsWith(QChar(0x2026)) ? spec->text + QChar(0x2026) : spec->text;
}

QMenu *ActionCatalogue::menu(const QStringList &ids, const QString &argument, QWidget *parent) {
    auto *menu = new QMenu(parent);
    for (const QString &id : ids) {
        if (id == QLatin1String("-")) {
            menu->addSeparator();
            continue;
        }
        const ActionSpec *spec = find(id);
        if (!spec)
            continue;
        QAction *action = menu->addAction(icon(spec->icon), label(id));
        action->setShortcut(spec->shortcut);
        action->setShortcutContext(Qt::WidgetShortcut); // the key is installed once, elsewhere
        const QString reason = blocked(id, argument);
        action->setEnabled(reason.isEmpty());
        action->setToolTip(reason.isEmpty() ? spec->text : reason);
        connect(action, &QAction::triggered, this, [this, id, argument] { trigger(id, argument); });
    }
    menu->setToolTipsVisible(true);
    return menu;
}

void ActionCatalogue::installShortcuts(const QString &panel, QWidget *widget, std::function<QString(const QString &)> argument) {
    m_keys.push_back({panel, widget, std::move(argument)});
    connect(widget, &QObject::destroyed, this, [this, widget] {
        std::erase_if(m_keys, [widget](const Keys &keys) { return keys.widget == widget; });
    });
    for (const ActionSpec &spec : m_specs)
        if (spec.panel == panel)
            installKey(spec, m_keys.back());
}

void ActionCatalogue::installKey(const ActionSpec &spec, const Keys &keys) {
    if (spec.shortcut.isEmpty())
        return;
    auto *key = new QShortcut(spec.shortcut, keys.widget);
    key->setObjectName(QStringLiteral("key:") + spec.id);
    key->setContext(keys.panel.isEmpty() ? Qt::WindowShortcut : Qt::WidgetWithChildrenShortcut);
    // Pages of one panel may share a key: the command that can be done now gets it, and without one this command says why not.
    const auto press = [this, id = spec.id, shortcut = spec.shortcut, panel = keys.panel, argument = keys.argument] {
        const auto of = [&](const QString &command) { return argument ? argument(command) : QString(); };
        const auto able = std::find_if(m_specs.begin(), m_specs.end(), [&](const ActionSpec &s) { return s.panel == panel && s.shortcut == shortcut && blocked(s.id, of(s.id)).isEmpty(); });
        const QString command = able == m_specs.end() ? id : able->id;
        trigger(command, of(command));
    };
    connect(key, &QShortcut::activated, this, press);
    connect(key, &QShortcut::activatedAmbiguously, this, press);
}

} // namespace pilothouse::ui
