// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/workspace/secrets_sheet.h"

#include "widgets/base/button.h"
#include "widgets/base/card.h"
#include "widgets/base/field.h"
#include "widgets/base/format.h"
#include "widgets/base/sheet_size.h"
#include "widgets/base/table.h"
#include "widgets/workspace/secret_model.h"

#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QShortcut>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Puts it into the clipboard, and takes it out again if nobody copied something else since. Clipboard managers that know the hint do not keep it.
void copyFor(const QString &value, int milliseconds) {
    auto *data = new QMimeData;
    data->setText(value);
    data->setData(QStringLiteral("x-kde-passwordManagerHint"), "secret");
    QGuiApplication::clipboard()->setMimeData(data);
    const auto clear = [value] {
        if (QGuiApplication::clipboard()->text() == value)
            QGuiApplication::clipboard()->clear();
    };
    QTimer::singleShot(milliseconds, qApp, clear);
    QObject::connect(qApp, &QCoreApplication::aboutToQuit, data, clear); // `data` goes with the next copy
}

} // namespace

SecretCalls secretCallsOf(fleet::Fleet &fleet) {
    SecretCalls out;
    const auto services = fleet.services();
    out.pool = &fleet.pools().waiting;
    out.sources = fleet::secretSources(services->workspace);
    out.list = [services](const fleet::SecretSource &source, const QString &path, std::stop_token token) { return fleet::secretsIn(*services, source, path, token); };
    out.facts = [services](const QString &name, std::stop_token token) { return fleet::secretFacts(*services, name, token); };
    out.reveal = [services](const QString &name, std::stop_token token) { return fleet::revealSecret(*services, name, token); };
    return out;
}

SecretsSheet::SecretsSheet(const PanelContext &context, SecretCalls calls, QWidget *window)
    : QDialog(window), m_context(context), m_calls(std::move(calls)), m_model(new SecretModel(this)), m_table(new Table), m_card(new Card(tr("Secrets"))), m_source(new Choice), m_path(new QLineEdit),
      m_pathField(new Field(tr("Path"), m_path)), m_up(new Button(tr("Up"), ButtonKind::Plain)) {
    setObjectName(QStringLiteral("secretsSheet"));
    setWindowTitle(tr("Secrets"));
    setAttribute(Qt::WA_DeleteOnClose);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(10);
    auto *head = new QHBoxLayout;
    head->setSpacing(10);
    m_source->setObjectName(QStringLiteral("secretsSource"));
    for (const fleet::SecretSource &s : m_calls.sources)
        m_source->addItem(s.kind == fleet::SecretSource::Keychain ? tr("Keychain") : s.kind == fleet::SecretSource::Vault ? tr("Vault %1").arg(s.connection) : tr("Cluster %1").arg(s.connection), s.id());
    m_path->setObjectName(QStringLiteral("secretsPath"));
    m_up->setObjectName(QStringLiteral("secretsUp"));
    head->addWidget(new Field(tr("Where"), m_source), 1);
    head->addWidget(m_pathField, 2);
    head->addWidget(m_up, 0, Qt::AlignTop);
    column->addLayout(head);
    m_table->setObjectName(QStringLiteral("secretsTable"));
    m_table->setAccessibleName(tr("Secrets by name"));
    m_table->setModel(m_model);
    m_table->setItemDelegate(new StateDelegate(m_table));
    m_card->setBody(m_table);
    auto *middle = new QHBoxLayout;
    middle->setSpacing(12);
    middle->addWidget(m_card, 3);
    middle->addWidget(buildDetail(), 2);
    column->addLayout(middle, 1);
    auto *foot = new QHBoxLayout;
    foot->setSpacing(8);
    m_told = new Label(tr("Values are shown only when asked for; the journal keeps that they were, never what they are."), TextRole::Second, &Tokens::t3);
    m_told->setObjectName(QStringLiteral("secretsTold"));
    m_told->setWordWrap(true);
    auto *leave = new Button(tr("Close"), ButtonKind::Ghost);
    leave->setObjectName(QStringLiteral("secretsClose"));
    foot->addWidget(m_told, 1);
    foot->addWidget(leave);
    column->addLayout(foot);
    resize(sheetSize(window, 880, 540));
    m_hide.setSingleShot(true);
    m_settle.setSingleShot(true);
    m_settle.setInterval(120); // who moves through the rows by a held key asks once, at its end
    connect(&m_hide, &QTimer::timeout, this, &SecretsSheet::hideValue);
    connect(&m_settle, &QTimer::timeout, this, &SecretsSheet::readFacts);
    connect(leave, &QAbstractButton::clicked, this, &QDialog::reject);
    connect(m_source, &QComboBox::currentIndexChanged, this, [this] {
        m_path->clear();
        readList();
    });
    connect(m_path, &QLineEdit::returnPressed, this, &SecretsSheet::readList);
    connect(m_up, &QAbstractButton::clicked, this, &SecretsSheet::goUp);
    connect(m_table, &Table::chosen, this, [this] {
        hideValue();
        m_factsOf.clear();
        m_reading.stop.request_stop();
        m_settle.start();
        refresh();
    });
    connect(m_table, &Table::opened, this, &SecretsSheet::openLine);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Return), this), &QShortcut::activated, m_show, &QAbstractButton::click);
    connect(new QShortcut(QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this), &QShortcut::activated, m_copy, &QAbstractButton::click);
    readList();
    m_table->setFocus();
}

SecretsSheet::~SecretsSheet() {
    m_listing.stop.request_stop();
    m_reading.stop.request_stop();
    m_asking.stop.request_stop();
}

QWidget *SecretsSheet::buildDetail() {
    m_detail = new Card(tr("No secret chosen"));
    m_facts = new KeyValues;
    m_key = new Choice;
    m_key->setObjectName(QStringLiteral("secretsKey"));
    m_version = new Choice;
    m_version->setObjectName(QStringLiteral("secretsVersion"));
    m_value = new QPlainTextEdit;
    m_value->setObjectName(QStringLiteral("secretsValue"));
    m_value->setAccessibleName(tr("Value"));
    m_value->setReadOnly(true);
    m_value->setUndoRedoEnabled(false); // what is hidden again is nowhere
    m_value->setTabChangesFocus(true);
    m_value->setTextInteractionFlags(Qt::NoTextInteraction); // copied by its command only, which takes it out of the clipboard again
    m_value->setContextMenuPolicy(Qt::NoContextMenu);
    m_value->hide();
    m_show = new Button(tr("Show for %1 s").arg(keepMilliseconds / 1000), ButtonKind::Primary);
    m_show->setObjectName(QStringLiteral("secretsShow"));
    m_show->setHint(QStringLiteral("Ctrl ↵"));
    m_copy = new Button(tr("Copy"), ButtonKind::Plain);
    m_copy->setObjectName(QStringLiteral("secretsCopy"));
    m_copy->setGlyph(QStringLiteral("copy"));
    auto *column = m_detail->bodyLayout(12, 10);
    column->addWidget(m_facts);
    column->addWidget(m_versionField = new Field(tr("Version"), m_version));
    column->addWidget(m_keyField = new Field(tr("Key"), m_key));
    column->addWidget(m_value, 1);
    auto *row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_show);
    row->addWidget(m_copy);
    row->addStretch(1);
    column->addLayout(row);
    column->addStretch(0);
    connect(m_show, &QAbstractButton::clicked, this, [this] { m_value->isVisible() ? hideValue() : ask(false); });
    connect(m_copy, &QAbstractButton::clicked, this, [this] { ask(true); });
    connect(m_key, &QComboBox::currentIndexChanged, this, &SecretsSheet::hideValue);
    connect(m_version, &QComboBox::activated, this, [this] {
        hideValue();
        readFacts(); // an older version may have other keys
    });
    return m_detail;
}

const fleet::SecretSource *SecretsSheet::source() const {
    const int at = m_source->currentIndex();
    return at >= 0 && at < int(m_calls.sources.size()) ? &m_calls.sources[std::size_t(at)] : nullptr;
}

void SecretsSheet::readList() {
    hideValue();
    m_listing.stop.request_stop();
    m_reading.stop.request_stop();
    m_factsOf.clear();
    m_model->setRows({});
    refresh();
    const fleet::SecretSource *from = source();
    if (!from)
        return m_card->showState(ScreenState::empty(tr("No place for secrets"), tr("The keychain, Vaults and clusters of the workspace stand here.")));
    const bool keychain = from->kind == fleet::SecretSource::Keychain;
    m_pathField->setVisible(!keychain);
    m_up->setVisible(from->kind == fleet::SecretSource::Vault);
    m_pathField->setLabel(from->kind == fleet::SecretSource::Cluster ? tr("Namespace") : tr("Path"));
    m_path->setPlaceholderText(from->kind == fleet::SecretSource::Cluster ? tr("that of the connection") : tr("below the mount of the connection"));
    m_card->showState(ScreenState::loading());
    m_listing = startTask<std::vector<fleet::SecretLine>>(*m_calls.pool, [list = m_calls.list, from = *from, path = m_path->text().trimmed()](std::stop_token token) { return list(from, path, token); });
    deliver(m_listing, this, [this, id = from->id(), path = m_path->text().trimmed(), keychain](const Result<std::vector<fleet::SecretLine>> &lines) {
        if (!source() || source()->id() != id || m_path->text().trimmed() != path || (!lines && lines.error().kind == ErrorKind::Cancelled))
            return; // another is on its way
        if (!lines)
            return m_card->showState(ScreenState::failed(lines.error(), tr("Try again"), [this] { readList(); }));
        m_model->setNow(m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc());
        m_model->setRows(*lines);
        m_card->setSubtitle(count(m_model->rowCount()));
        m_card->showState(!lines->empty() ? ScreenState::full()
                                          : ScreenState::empty(tr("No secrets here"), keychain ? tr("The workspace names no secret; a connection that needs one names it.") : tr("Nothing lies here, or nothing that may be listed.")));
        if (m_model->rowCount() > 0)
            m_table->setCurrentIndex(m_model->index(0, 0)); // goes on by `chosen`
    });
}

void SecretsSheet::openLine(const QString &name) {
    const fleet::SecretLine *line = m_model->find(name);
    if (!line)
        return;
    if (!line->folder)
        return m_key->setFocus();
    m_path->setText(name.section(QLatin1Char('/'), 1));
    readList();
}

void SecretsSheet::goUp() {
    const QString path = m_path->text().trimmed();
    const qsizetype slash = path.lastIndexOf(QLatin1Char('/'), path.endsWith(QLatin1Char('/')) ? -2 : -1);
    m_path->setText(slash < 0 ? QString() : path.left(slash + 1));
    readList();
}

void SecretsSheet::readFacts() {
    const fleet::SecretLine *line = m_model->find(m_table->currentId());
    if (!line || line->folder || line->problem)
        return refresh();
    const int version = m_factsOf == line->name ? m_version->currentData().toInt() : 0;
    const QString name = version > 0 ? QStringLiteral("%1?version=%2").arg(line->name).arg(version) : line->name;
    m_reading.stop.request_stop();
    if (version == 0)
        m_detail->showState(ScreenState::loading());
    m_reading = startTask<fleet::SecretFacts>(*m_calls.pool, [facts = m_calls.facts, name](std::stop_token token) { return facts(name, token); });
    deliver(m_reading, this, [this, of = line->name](const Result<fleet::SecretFacts> &facts) {
        if (m_table->currentId() == of && (facts || facts.error().kind != ErrorKind::Cancelled))
            showFacts(facts);
    });
}

void SecretsSheet::showFacts(const Result<fleet::SecretFacts> &facts) {
    if (!facts)
        return m_detail->showState(ScreenState::failed(facts.error(), tr("Try again"), [this] { readFacts(); }));
    const fleet::SecretLine *line = m_model->find(m_table->currentId());
    const bool again = m_factsOf == line->name; // another version of the same
    m_factsOf = line->name;
    const QDateTime now = m_context.now ? m_context.now() : QDateTime::currentDateTimeUtc();
    std::vector<KeyValues::Row> rows{{tr("Name"), line->name, true}, {tr("Type"), facts->type}, {tr("Made"), facts->created.isValid() ? moment(facts->created, now) : QString()}, {tr("Used by"), line->usedBy.join(QStringLiteral(", "))}};
    const bool versions = facts->metadata && !facts->metadata->versions.empty();
    if (versions && !again) {
        QStringList texts;
        QVariantList data;
        for (const secrets::VaultVersion &v : facts->metadata->versions) {
            const QString state = v.destroyed ? tr("destroyed") : v.deleted.isValid() ? tr("deleted") : v.created.isValid() ? moment(v.created, now) : QString();
            texts << (state.isEmpty() ? QString::number(v.version) : QStringLiteral("%1 · %2").arg(v.version).arg(state));
            data << v.version;
        }
        m_version->setItems(texts, data);
        m_version->setCurrentIndex(std::max(0, m_version->findData(facts->metadata->current)));
    }
    if (facts->metadata)
        for (auto it = facts->metadata->custom.begin(); it != facts->metadata->custom.end(); ++it)
            rows.push_back({it.key(), it.value()});
    if (facts->problem)
        rows.push_back({tr("Values"), facts->problem->text(), false, &Tokens::warn});
    m_facts->setRows(rows);
    m_versionField->setVisible(versions);
    m_key->setItems(facts->keys);
    m_detail->showState(ScreenState::full());
    refresh();
}

QString SecretsSheet::wanted() const {
    const fleet::SecretLine *line = m_model->find(m_table->currentId());
    if (!line || m_factsOf != line->name || m_key->count() == 0)
        return {};
    const bool vault = source() && source()->kind == fleet::SecretSource::Vault, keychain = source() && source()->kind == fleet::SecretSource::Keychain;
    const QString version = vault && !m_versionField->isHidden() && m_version->currentData().toInt() > 0 ? QStringLiteral("?version=%1").arg(m_version->currentData().toInt()) : QString();
    return keychain ? line->name : line->name + version + QLatin1Char('#') + m_key->currentText();
}

void SecretsSheet::ask(bool copy) {
    const QString name = wanted();
    if (name.isEmpty() || m_asking.isRunning())
        return;
    hideValue();
    m_asking = startTask<QMap<QString, QString>>(*m_calls.pool, [reveal = m_calls.reveal, name](std::stop_token token) { return reveal(name, token); });
    refresh();
    deliver(m_asking, this, [this, name, copy](const Result<QMap<QString, QString>> &values) {
        refresh();
        if (!values)
            return m_told->setText(values.error().text());
        if (wanted() != name || values->isEmpty()) // another row is chosen by now: what nobody looks at is not shown
            return;
        const int seconds = m_keep / 1000;
        if (copy) {
            copyFor(values->first(), m_keep);
            m_told->setText(tr("%1 is in the clipboard for %2 s. The journal notes that it was looked at.").arg(name).arg(seconds));
            return;
        }
        m_value->setPlainText(values->first());
        m_value->show();
        m_show->setText(tr("Hide"));
        m_told->setText(tr("Shown for %1 s. The journal notes that it was looked at.").arg(seconds));
        m_hide.start(m_keep);
    });
}

void SecretsSheet::hideValue() {
    m_hide.stop();
    m_value->clear();
    m_value->hide();
    m_show->setText(tr("Show for %1 s").arg(keepMilliseconds / 1000));
    refresh();
}

void SecretsSheet::refresh() {
    const fleet::SecretLine *line = m_model->find(m_table->currentId());
    m_detail->setTitle(line ? line->title : tr("No secret chosen"));
    if (!line)
        m_detail->showState(ScreenState::empty(tr("No secret chosen"), tr("Its keys and versions, and who uses it.")));
    else if (line->folder)
        m_detail->showState(ScreenState::empty(tr("A folder"), tr("Enter opens it, Backspace goes back up."), tr("Open"), [this, name = line->name] { openLine(name); }));
    else if (line->problem)
        m_detail->showState(ScreenState::failed(*line->problem, tr("Try again"), [this] { readList(); }));
    else if (m_factsOf != line->name && m_settle.isActive()) // until it is asked about
        m_detail->showState(ScreenState::loading());
    const QString blocked = m_asking.isRunning() ? tr("It is being read.") : wanted().isEmpty() ? tr("Choose a secret with a key first.") : QString();
    m_show->setBlocked(blocked);
    m_copy->setBlocked(blocked);
    m_up->setBlocked(m_path->text().trimmed().isEmpty() ? tr("This is the top.") : QString());
}

void SecretsSheet::hideEvent(QHideEvent *event) {
    hideValue();
    QDialog::hideEvent(event);
}

void SecretsSheet::keyPressEvent(QKeyEvent *event) {
    if (event->key() == Qt::Key_Backspace && m_up->isVisible() && m_up->isEnabled())
        return goUp();
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)
        return event->accept(); // it belongs to the table and the path; a dialogue would press its first button
    QDialog::keyPressEvent(event);
}

} // namespace pilothouse::ui
