// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/settings_panel.h"

#include "widgets/base/card.h"
#include "widgets/base/button.h"
#include "widgets/base/field.h"
#include "widgets/base/key_boxes.h"

#include <QCoreApplication>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {
const int scales[] = {90, 100, 110, 125, 150};

/// A page that scrolls where the window is small, on the card's ground instead of the window's.
QScrollArea *scrolled(QWidget *page, const QString &name) {
    auto *scroll = new QScrollArea;
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setAccessibleName(name);
    scroll->setWidget(page);
    for (QWidget *ground : {scroll->viewport(), page})
        ground->setAutoFillBackground(false);
    return scroll;
}
}

SettingsPanel::SettingsPanel(const PanelContext &context, QWidget *parent)
    : Panel(QStringLiteral("settings"), tr("Settings"), context, parent), m_scheme(new SegmentedControl), m_scale(new Choice), m_language(new Choice),
      m_notify(new CheckBox(tr("Tell on the desktop when something needs me"))), m_utc(new CheckBox(tr("Times in UTC"))), m_facts(new KeyValues) {
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    auto *left = new QVBoxLayout;
    left->setSpacing(12);
    left->addWidget(buildLook());
    left->addWidget(buildWorkspace(), 1);
    layout->addLayout(left, 1);
    layout->addWidget(buildKeys(), 1);
    showKeys();
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
    auto *choices = new QHBoxLayout;
    choices->setSpacing(16);
    choices->addWidget(new Field(tr("Size of text and controls"), m_scale, tr("Ctrl + and Ctrl − as well")), 1);
    m_language->setObjectName(QStringLiteral("languageChoice"));
    m_language->addItem(tr("As the system"), QString());
    m_language->addItem(QStringLiteral("English"), QStringLiteral("en"));
    m_language->addItem(QStringLiteral("Deutsch"), QStringLiteral("de"));
    choices->addWidget(new Field(tr("Language"), m_language, tr("Counts from the next start")), 1);
    column->addLayout(choices);
    m_notify->setObjectName(QStringLiteral("notifyBox"));
    m_notify->setCheckable(true);
    column->addWidget(m_notify);
    m_utc->setObjectName(QStringLiteral("utcBox"));
    m_utc->setCheckable(true);
    column->addWidget(m_utc);
    connect(m_scheme, &SegmentedControl::currentChanged, this, &SettingsPanel::store);
    connect(m_scale, &QComboBox::currentIndexChanged, this, &SettingsPanel::store);
    connect(m_language, &QComboBox::currentIndexChanged, this, &SettingsPanel::store);
    for (CheckBox *box : {m_notify, m_utc})
        connect(box, &QAbstractButton::toggled, this, &SettingsPanel::store);
    return card;
}

QWidget *SettingsPanel::buildWorkspace() {
    auto *card = new Card(tr("This workspace"));
    m_facts->setKeyWidth(110);
    auto *inner = new QWidget;
    auto *column = new QVBoxLayout(inner);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(14);
    column->addWidget(m_facts);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    for (const char *action : {"workspace.open", "workspace.reload"})
        if (actions().find(QLatin1String(action))) {
            auto *button = new Button(actions(), QLatin1String(action));
            button->setObjectName(QLatin1String(action));
            button->setWords(row->count() == 0 ? tr("Open another…") : tr("Read again"));
            row->addWidget(button);
        }
    row->addStretch(1);
    column->addLayout(row);
    column->addStretch(1);
    card->setBody(scrolled(inner, card->title()));
    return card;
}

QWidget *SettingsPanel::buildKeys() {
    auto *card = new Card(tr("Keys"));
    card->setSubtitle(tr("? shows those of every screen"));
    auto *inner = new QWidget;
    m_keys = new QGridLayout(inner);
    m_keys->setContentsMargins(16, 12, 16, 12);
    m_keys->setHorizontalSpacing(16);
    m_keys->setVerticalSpacing(4);
    m_keys->setColumnMinimumWidth(0, theme().px(110));
    m_keys->setColumnStretch(1, 1);
    card->setBody(scrolled(inner, card->title()));
    return card;
}

/// The window's own keys; each screen shows its keys on its buttons.
void SettingsPanel::showKeys() {
    QStringList ids;
    for (const ActionSpec &spec : actions().all())
        if (!spec.shortcut.isEmpty() && spec.panel.isEmpty() && spec.inPalette)
            ids << spec.id;
    if (ids == m_shownKeys)
        return;
    m_shownKeys = ids;
    while (QLayoutItem *item = m_keys->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    int line = 0;
    for (const QString &id : std::as_const(ids)) {
        m_keys->addWidget(new KeyBoxes(keyWords(actions().find(id)->shortcut)), line, 0, Qt::AlignLeft);
        m_keys->addWidget(new Label(actions().label(id), TextRole::Body, &Tokens::t2), line++, 1);
    }
    m_keys->setRowStretch(line, 1);
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
    preferences.utc = m_utc->isChecked();
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
        m_utc->setChecked(p.utc);
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
    showKeys();
}

QWidget *SettingsPanel::firstFocus() { return m_scheme; }

} // namespace pilothouse::ui
