// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/settings_panel.h"

#include "widgets/base/card.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"

#include <QCoreApplication>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {
const int scales[] = {90, 100, 110, 125, 150};
}

SettingsPanel::SettingsPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("settings"), tr("Settings"), context, parent), m_scheme(new SegmentedControl), m_scale(new Choice), m_language(new Choice),
      m_notify(new CheckBox(tr("Tell on the desktop when something needs me"))), m_facts(new KeyValues), m_keys(new KeyValues) {
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    layout->addWidget(buildLook(), 1);
    layout->addWidget(buildWorkspace(), 1);
}

QWidget *SettingsPanel::buildLook() {
    auto *card = new Card(tr("Look and language"));
    auto *column = card->bodyLayout(16, 14);
    m_scheme->setObjectName(QStringLiteral("schemeChoice"));
    m_scheme->setAccessibleName(tr("Theme"));
    m_scheme->setSegments({{QStringLiteral("system"), tr("As the desktop"), State::None}, {QStringLiteral("dark"), tr("Dark"), State::None}, {QStringLiteral("light"), tr("Light"), State::None}});
    auto *row = new QHBoxLayout;
    auto *label = new Label(tr("Theme"), TextRole::Label, &Tokens::t2);
    label->setBuddy(m_scheme);
    column->addWidget(label);
    row->addWidget(m_scheme);
    row->addStretch(1);
    column->addLayout(row);
    m_scale->setObjectName(QStringLiteral("scaleChoice"));
    for (const int percent : scales)
        m_scale->addItem(tr("%1 %").arg(percent), percent);
    column->addWidget(new Field(tr("Size of text and controls"), m_scale));
    m_language->setObjectName(QStringLiteral("languageChoice"));
    m_language->addItem(tr("As the system"), QString());
    m_language->addItem(QStringLiteral("English"), QStringLiteral("en"));
    m_language->addItem(QStringLiteral("Deutsch"), QStringLiteral("de"));
    column->addWidget(new Field(tr("Language"), m_language, tr("Counts from the next start")));
    m_notify->setObjectName(QStringLiteral("notifyBox"));
    m_notify->setCheckable(true);
    column->addWidget(m_notify);
    column->addStretch(1);
    connect(m_scheme, &SegmentedControl::currentChanged, this, &SettingsPanel::store);
    connect(m_scale, &QComboBox::currentIndexChanged, this, &SettingsPanel::store);
    connect(m_language, &QComboBox::currentIndexChanged, this, &SettingsPanel::store);
    connect(m_notify, &QAbstractButton::toggled, this, &SettingsPanel::store);
    return card;
}

QWidget *SettingsPanel::buildWorkspace() {
    auto *widget = new QWidget;
    auto *column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    auto *card = new Card(tr("This workspace"));
    m_facts->setKeyWidth(130);
    card->bodyLayout(16)->addWidget(m_facts);
    column->addWidget(card);
    auto *keys = new Card(tr("Keys"));
    keys->setSubtitle(tr("? shows them everywhere"));
    m_keys->setKeyWidth(130);
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(keys->title());
    auto *inner = new QWidget;
    auto *padded = new QVBoxLayout(inner);
    padded->setContentsMargins(16, 12, 16, 12);
    padded->addWidget(m_keys);
    padded->addStretch(1);
    scroll->setWidget(inner);
    keys->setBody(scroll);
    column->addWidget(keys, 1);
    return widget;
}

void SettingsPanel::store() {
    if (m_loading || !context().setPreferences)
        return;
    Preferences preferences = context().preferences();
    const QString scheme = m_scheme->current();
    preferences.scheme = scheme == QLatin1String("dark") ? SchemeChoice::Dark : scheme == QLatin1String("light") ? SchemeChoice::Light : SchemeChoice::System;
    preferences.scalePercent = m_scale->currentData().toInt();
    preferences.language = m_language->currentData().toString();
    preferences.notifications = m_notify->isChecked();
    context().setPreferences(preferences);
}

void SettingsPanel::showSnapshot(const fleet::Snapshot &snapshot) {
    m_loading = true;
    if (context().preferences) {
        const Preferences p = context().preferences();
        m_scheme->setCurrent(p.scheme == SchemeChoice::Dark ? QStringLiteral("dark") : p.scheme == SchemeChoice::Light ? QStringLiteral("light") : QStringLiteral("system"));
        m_scale->setCurrentIndex(qMax(0, m_scale->findData(p.scalePercent)));
        m_language->setCurrentIndex(qMax(0, m_language->findData(p.language)));
        m_notify->setChecked(p.notifications);
    }
    m_loading = false;
    std::vector<KeyValues::Row> facts{{tr("Workspace"), snapshot.workspace}, {tr("File"), snapshot.workspaceFile, true}, {tr("Role"), workspace::roleName(snapshot.role)}};
    if (context().fleet)
        facts.push_back({tr("Data folder"), context().fleet->services()->root, true});
    facts.push_back({tr("Journal"), snapshot.journalCheck.finding});
    if (context().fleet)
        for (const QString &note : context().fleet->services()->notes)
            facts.push_back({tr("Note"), note});
    facts.push_back({tr("Preferences"), context().preferencesFile, true});
    facts.push_back({tr("Version"), QCoreApplication::applicationVersion()});
    m_facts->setRows(facts);
    std::vector<KeyValues::Row> keys;
    for (const ActionSpec &spec : actions().all())
        if (!spec.shortcut.isEmpty())
            keys.push_back({spec.shortcut.toString(QKeySequence::NativeText), spec.text});
    m_keys->setRows(keys);
}

QWidget *SettingsPanel::firstFocus() { return m_scheme; }

} // namespace pilothouse::ui
