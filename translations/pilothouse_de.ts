<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en_US">
<context>
    <name>AccuracyPlot</name>
    <message>
        <source>no labels</source>
        <translation>keine Labels</translation>
    </message>
    <message>
        <source>too few labels</source>
        <translation>zu wenige Labels</translation>
    </message>
    <message>
        <source>all rows</source>
        <translation>alle Zeilen</translation>
    </message>
    <message>
        <source>%1, estimated</source>
        <translation>%1, geschätzt</translation>
    </message>
    <message>
        <source>; estimated without labels %1 in the newest stretch</source>
        <translation>; ohne Labels geschätzt %1 im neuesten Abschnitt</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenze %1</translation>
    </message>
    <message>
        <source>%1 of %2 over time: too few labels to say%3</source>
        <translation>%1 von %2 über die Zeit: zu wenige Labels für eine Aussage%3</translation>
    </message>
    <message>
        <source>%1 of %2 over time: %3 (%4 to %5) in the newest stretch with labels%6</source>
        <translation>%1 von %2 über die Zeit: %3 (%4 bis %5) im neuesten Abschnitt mit Labels%6</translation>
    </message>
    <message>
        <source>estimated</source>
        <translation>geschätzt</translation>
    </message>
</context>
<context>
    <name>AlertInbox</name>
    <message>
        <source>%1 is beyond its limit</source>
        <translation>%1 ist jenseits der Grenze</translation>
    </message>
    <message>
        <source>%1 cannot be told</source>
        <translation>%1 lässt sich nicht feststellen</translation>
    </message>
    <message>
        <source>%1 has no data</source>
        <translation>%1 hat keine Daten</translation>
    </message>
    <message>
        <source>%1 fires</source>
        <translation>%1 schlägt an</translation>
    </message>
    <message>
        <source>Nothing is sent to %1 any more</source>
        <translation>An %1 wird nichts mehr gesendet</translation>
    </message>
    <message>
        <source>%1 Give it a new address, then: pilot alerts test %2</source>
        <translation>%1 Eine neue Adresse eintragen, dann: pilot alerts test %2</translation>
    </message>
    <message>
        <source>not evaluated yet</source>
        <translation>noch nicht ausgewertet</translation>
    </message>
</context>
<context>
    <name>AlertModel</name>
    <message>
        <source>Roll back to v%1</source>
        <translation>Zurück auf v%1</translation>
    </message>
    <message>
        <source>Open rollout</source>
        <translation>Rollout öffnen</translation>
    </message>
</context>
<context>
    <name>AlertReadings</name>
    <message>
        <source>%1 has no version yet.</source>
        <translation>%1 hat noch keine Version.</translation>
    </message>
    <message>
        <source>newest is version %1</source>
        <translation>neueste ist Version %1</translation>
    </message>
    <message>
        <source>The experiment %1 has no metric.</source>
        <translation>Das Experiment %1 hat keine Metrik.</translation>
    </message>
    <message>
        <source>newest metric of run %1</source>
        <translation>neueste Metrik von Lauf %1</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>Version %1</translation>
    </message>
    <message>
        <source>The run of version %1 has no metric %2.</source>
        <translation>Der Lauf von Version %1 hat keine Metrik %2.</translation>
    </message>
    <message>
        <source>%1 has no prediction log on this machine.</source>
        <translation>%1 hat kein Vorhersageprotokoll auf dieser Maschine.</translation>
    </message>
    <message>
        <source>The labels that came give no %1.</source>
        <translation>Die eingetroffenen Labels ergeben kein %1.</translation>
    </message>
    <message>
        <source>%1 labelled rows</source>
        <translation>%1 Zeilen mit Label</translation>
    </message>
    <message>
        <source>Nobody has asked it yet.</source>
        <translation>Noch niemand hat es gefragt.</translation>
    </message>
    <message>
        <source>too few requests in 15 minutes: %1</source>
        <translation>zu wenige Anfragen in 15 Minuten: %1</translation>
    </message>
    <message>
        <source>%1 of %2 requests in 15 minutes</source>
        <translation>%1 von %2 Anfragen in 15 Minuten</translation>
    </message>
    <message>
        <source>newest %1 requests</source>
        <translation>neueste %1 Anfragen</translation>
    </message>
    <message>
        <source>What is served is not known yet.</source>
        <translation>Was ausgeliefert wird, ist noch nicht bekannt.</translation>
    </message>
    <message>
        <source>serves what the alias says</source>
        <translation>liefert, was der Alias sagt</translation>
    </message>
    <message>
        <source>%1 has no run yet.</source>
        <translation>%1 hat noch keinen Lauf.</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>Lauf %1</translation>
    </message>
    <message>
        <source>The model %1 came into the workspace after this program began.</source>
        <translation>Das Modell %1 kam in den Workspace, nachdem dieses Programm begonnen hatte.</translation>
    </message>
    <message>
        <source>Start it anew.</source>
        <translation>Es neu starten.</translation>
    </message>
    <message>
        <source>Nothing was ever served there.</source>
        <translation>Dort wurde noch nie etwas ausgeliefert.</translation>
    </message>
    <message>
        <source>Nothing was asked lately that could have drifted, or the champion has no training profile here.</source>
        <translation>Zuletzt wurde nichts gefragt, das gedriftet sein könnte, oder der Champion hat hier kein Trainingsprofil.</translation>
    </message>
    <message>
        <source>%1 most</source>
        <translation>%1 am meisten</translation>
    </message>
    <message>
        <source>no label has come yet</source>
        <translation>noch kein Label ist gekommen</translation>
    </message>
    <message>
        <source>no label of the last %1; the newest is of a prediction %2 ago</source>
        <translation>kein Label der letzten %1; das neueste gehört zu einer Vorhersage von vor %2</translation>
    </message>
    <message>
        <source>too few labels of the last %1: %2 of %3</source>
        <translation>zu wenige Labels der letzten %1: %2 von %3</translation>
    </message>
    <message>
        <source>Of a model in a cluster use kind: query with a Prometheus connection, or source: registry.</source>
        <translation>Für ein Modell in einem Cluster kind: query mit einer Prometheus-Verbindung nehmen, oder source: registry.</translation>
    </message>
    <message>
        <source>Name its target: deployment: {connection: …, target: deployment/NAME}.</source>
        <translation>Ihr Ziel nennen: deployment: {connection: …, target: deployment/NAME}.</translation>
    </message>
    <message>
        <source>%1, as the labels say</source>
        <translation>%1, wie die Labels sagen</translation>
    </message>
    <message>
        <source>%1 predictions are too few to tell, of %2.</source>
        <translation>%1 Vorhersagen sind zu wenige für eine Aussage, von %2.</translation>
    </message>
    <message>
        <source>%1 labels are too few to tell, of %2.</source>
        <translation>%1 Labels sind zu wenige für eine Aussage, von %2.</translation>
    </message>
    <message>
        <source>No label has come that could be compared with the training.</source>
        <translation>Es kam kein Label, das mit dem Training verglichen werden könnte.</translation>
    </message>
    <message>
        <source>The package of the version that answers is of before packages kept what their model predicts of its test rows. A new training keeps it.</source>
        <translation>Das Paket der Version, die antwortet, ist aus der Zeit, bevor Pakete aufhoben, was ihr Modell zu seinen Testzeilen sagt. Ein neues Training hebt es auf.</translation>
    </message>
</context>
<context>
    <name>AlertSilence</name>
    <message>
        <source>Silence %1 until %2</source>
        <translation>%1 bis %2 stummschalten</translation>
    </message>
    <message>
        <source>nothing is told of it until %1</source>
        <translation>bis %1 wird nichts davon gemeldet</translation>
    </message>
    <message>
        <source>the silence ends</source>
        <translation>die Stummschaltung endet</translation>
    </message>
    <message>
        <source>The silence %1 is not there.</source>
        <translation>Die Stummschaltung %1 ist nicht da.</translation>
    </message>
    <message>
        <source>End the silence %1</source>
        <translation>Stummschaltung %1 beenden</translation>
    </message>
    <message>
        <source>what still fires is told again</source>
        <translation>was noch anschlägt, wird wieder gemeldet</translation>
    </message>
</context>
<context>
    <name>AlertWatch</name>
    <message>
        <source>The notification %1 names neither url nor secret.</source>
        <translation>Die Benachrichtigung %1 nennt weder url noch secret.</translation>
    </message>
    <message>
        <source>Slack: secret: NAME, whose value is the webhook&apos;s address.</source>
        <translation>Slack: secret: NAME, dessen Wert die Adresse des Webhooks ist.</translation>
    </message>
    <message>
        <source>The address of the notification %1 is no URL with http or https.</source>
        <translation>Die Adresse der Benachrichtigung %1 ist keine URL mit http oder https.</translation>
    </message>
    <message>
        <source>Check the secret %1.</source>
        <translation>Das Geheimnis %1 prüfen.</translation>
    </message>
    <message>
        <source>%1 was given up: %2</source>
        <translation>%1 wurde aufgegeben: %2</translation>
    </message>
    <message>
        <source>%1 is sent again later: %2</source>
        <translation>%1 wird später noch einmal gesendet: %2</translation>
    </message>
    <message>
        <source>Nothing is sent to %1 any more: %2 Give it a new address, then: pilot alerts test %1</source>
        <translation>An %1 wird nichts mehr gesendet: %2 Eine neue Adresse eintragen, dann: pilot alerts test %1</translation>
    </message>
    <message>
        <source>%1 was not taken: %2</source>
        <translation>%1 wurde nicht angenommen: %2</translation>
    </message>
    <message>
        <source>Tell %1 of %2</source>
        <translation>%1 über %2 unterrichten</translation>
    </message>
    <message>
        <source>a message is sent</source>
        <translation>eine Nachricht wird gesendet</translation>
    </message>
</context>
<context>
    <name>Alerts</name>
    <message>
        <source>age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>what is served</source>
        <translation>was ausgeliefert wird</translation>
    </message>
    <message>
        <source>run time</source>
        <translation>Laufzeit</translation>
    </message>
    <message>
        <source>error rate</source>
        <translation>Fehlerrate</translation>
    </message>
    <message>
        <source>last request</source>
        <translation>letzte Anfrage</translation>
    </message>
    <message>
        <source>%1 %2, limit %3%4</source>
        <translation>%1 %2, Grenze %3%4</translation>
    </message>
    <message>
        <source>It cannot be told: %1</source>
        <translation>Es lässt sich nicht feststellen: %1</translation>
    </message>
    <message>
        <source>There is nothing to measure (%1).</source>
        <translation>Es gibt nichts zu messen (%1).</translation>
    </message>
    <message>
        <source>It cannot be told: the newest is %1 ahead of this machine&apos;s clock. Check the clocks of both.</source>
        <translation>Es lässt sich nicht feststellen: Das Neueste ist der Uhr dieser Maschine %1 voraus. Beide Uhren prüfen.</translation>
    </message>
    <message>
        <source>what the alias says</source>
        <translation>was der Alias sagt</translation>
    </message>
    <message>
        <source>longer than %1</source>
        <translation>länger als %1</translation>
    </message>
    <message>
        <source>older than %1</source>
        <translation>älter als %1</translation>
    </message>
    <message>
        <source>above %1</source>
        <translation>über %1</translation>
    </message>
    <message>
        <source>below %1</source>
        <translation>unter %1</translation>
    </message>
    <message>
        <source> or </source>
        <translation> oder </translation>
    </message>
    <message>
        <source>Retrain</source>
        <translation>Neu trainieren</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message>
        <source>Look at the rollout</source>
        <translation>Rollout ansehen</translation>
    </message>
    <message>
        <source>Look at the run</source>
        <translation>Lauf ansehen</translation>
    </message>
    <message>
        <source>Look at the endpoint</source>
        <translation>Endpunkt ansehen</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>Stummschalten</translation>
    </message>
    <message>
        <source>measured %1 ago</source>
        <translation>gemessen vor %1</translation>
    </message>
    <message>
        <source>OK again</source>
        <translation>Wieder in Ordnung</translation>
    </message>
    <message>
        <source>Firing</source>
        <translation>Schlägt an</translation>
    </message>
    <message>
        <source>No data</source>
        <translation>Keine Daten</translation>
    </message>
    <message>
        <source>Cannot tell</source>
        <translation>Nicht feststellbar</translation>
    </message>
    <message>
        <source>%1 did not answer in time.</source>
        <translation>%1 hat nicht rechtzeitig geantwortet.</translation>
    </message>
    <message>
        <source>%1 could not be reached.</source>
        <translation>%1 war nicht erreichbar.</translation>
    </message>
    <message>
        <source>%1 answered %2%3.</source>
        <translation>%1 antwortete %2%3.</translation>
    </message>
</context>
<context>
    <name>AnsibleFold</name>
    <message>
        <source>ok</source>
        <translation>ok</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>geändert</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>ausgelassen</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>nicht erreicht</translation>
    </message>
    <message>
        <source>rescued</source>
        <translation>gerettet</translation>
    </message>
    <message>
        <source>failed, ignored</source>
        <translation>gescheitert, übergangen</translation>
    </message>
    <message>
        <source>%1 (handler)</source>
        <translation>%1 (Handler)</translation>
    </message>
    <message numerus="yes">
        <source>%n retries</source>
        <translation>
            <numerusform>%n Wiederholung</numerusform>
            <numerusform>%n Wiederholungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n tasks ok or skipped</source>
        <translation>
            <numerusform>%n Aufgabe ok oder ausgelassen</numerusform>
            <numerusform>%n Aufgaben ok oder ausgelassen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Approvers</name>
    <message>
        <source>no key</source>
        <translation>kein Schlüssel</translation>
    </message>
    <message>
        <source>The workspace names no approver “%1”.</source>
        <translation>Der Arbeitsbereich nennt niemanden „%1“ als zustimmend.</translation>
    </message>
    <message>
        <source>Known: %1.</source>
        <translation>Bekannt: %1.</translation>
    </message>
    <message>
        <source>The workspace names this key for %1 already.</source>
        <translation>Der Arbeitsbereich nennt diesen Schlüssel für %1 schon.</translation>
    </message>
    <message>
        <source>Operation %1 is %2: there is nothing to undo.</source>
        <translation>Operation %1 ist %2: Es gibt nichts rückgängig zu machen.</translation>
    </message>
    <message>
        <source>Make a new key for the approvals of %1</source>
        <translation>Einen neuen Schlüssel für die Zustimmungen von %1 erzeugen</translation>
    </message>
    <message>
        <source>Take the approver %1 out of the workspace</source>
        <translation>%1 aus den Zustimmenden des Arbeitsbereichs nehmen</translation>
    </message>
    <message>
        <source>Name the key of the approver %1 in the workspace</source>
        <translation>Den Schlüssel von %1 im Arbeitsbereich nennen</translation>
    </message>
    <message>
        <source>back to %1</source>
        <translation>zurück zu %1</translation>
    </message>
    <message>
        <source>The workspace names another key for %1 now.</source>
        <translation>Der Arbeitsbereich nennt jetzt einen anderen Schlüssel für %1.</translation>
    </message>
    <message>
        <source>Look at it and try again.</source>
        <translation>Sie ansehen und noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The workspace file was written by somebody else meanwhile.</source>
        <translation>Die Arbeitsbereichsdatei wurde inzwischen von jemand anderem geschrieben.</translation>
    </message>
</context>
<context>
    <name>BacktestPlot</name>
    <message>
        <source>rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>until %1</source>
        <translation>bis %1</translation>
    </message>
    <message>
        <source>beyond the budget</source>
        <translation>über dem Budget</translation>
    </message>
    <message>
        <source>too soon</source>
        <translation>zu früh</translation>
    </message>
    <message>
        <source>outside its windows</source>
        <translation>außerhalb der Fenster</translation>
    </message>
    <message>
        <source>retrain</source>
        <translation>Training</translation>
    </message>
    <message numerus="yes">
        <source>It would have retrained %n times</source>
        <translation>
            <numerusform>Sie hätte %n-mal neu trainiert</numerusform>
            <numerusform>Sie hätte %n-mal neu trainiert</numerusform>
        </translation>
    </message>
    <message>
        <source>, at most %1 in a week</source>
        <translation>, höchstens %1 in einer Woche</translation>
    </message>
</context>
<context>
    <name>Capacity</name>
    <message>
        <source>%1 has no %2: have it scrape kube-state-metrics.</source>
        <translation>%1 hat kein %2: lassen Sie es kube-state-metrics abfragen.</translation>
    </message>
    <message>
        <source>%1 has no %2: have it scrape the kubelets (job kubelet, with /metrics/cadvisor).</source>
        <translation>%1 hat kein %2: lassen Sie es die Kubelets abfragen (Job kubelet, mit /metrics/cadvisor).</translation>
    </message>
    <message>
        <source>%1 has %2, but not of pods %3 in %4 in this time.</source>
        <translation>%1 hat %2, aber in dieser Zeit nicht von Pods %3 in %4.</translation>
    </message>
    <message>
        <source>%1 counts requests, but none of pods %2 in %3.</source>
        <translation>%1 zählt Anfragen, aber keine von Pods %2 in %3.</translation>
    </message>
    <message>
        <source>%1 has no counter of requests (looked for %2): have the pods scraped, or name it at the connection, `requests_metric: …`.</source>
        <translation>%1 hat keinen Zähler von Anfragen (gesucht: %2): lassen Sie die Pods abfragen, oder nennen Sie ihn an der Verbindung, `requests_metric: …`.</translation>
    </message>
    <message>
        <source>That is no stretch of time of at most 366 days.</source>
        <translation>Das ist keine Zeitspanne von höchstens 366 Tagen.</translation>
    </message>
    <message>
        <source>Ask for less, as in --since 30d.</source>
        <translation>Fragen Sie nach weniger, etwa --since 30d.</translation>
    </message>
</context>
<context>
    <name>ClusterImport</name>
    <message>
        <source>The context “%1” gets its credential from a program: there is no secret to import.</source>
        <translation>Der Kontext „%1“ bekommt seine Anmeldung von einem Programm: Es gibt kein Geheimnis zu übernehmen.</translation>
    </message>
    <message>
        <source>Leave --import out; the file is referred to then.</source>
        <translation>--import weglassen; dann wird auf die Datei verwiesen.</translation>
    </message>
    <message>
        <source>The context “%1” acts for another user, which a connection without a kubeconfig cannot.</source>
        <translation>Der Kontext „%1“ handelt für ein anderes Konto; eine Verbindung ohne Kubeconfig kann das nicht.</translation>
    </message>
    <message>
        <source>token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>client certificate and key</source>
        <translation>Client-Zertifikat und Schlüssel</translation>
    </message>
    <message>
        <source>user and password</source>
        <translation>Konto und Kennwort</translation>
    </message>
    <message>
        <source>certificate of the authority</source>
        <translation>Zertifikat der Zertifizierungsstelle</translation>
    </message>
    <message>
        <source>address of the proxy</source>
        <translation>Adresse des Proxys</translation>
    </message>
</context>
<context>
    <name>ClusterLook</name>
    <message>
        <source>There is no connection “%1” of kind kubernetes in this workspace.</source>
        <translation>In diesem Arbeitsbereich gibt es keine Verbindung „%1“ der Art kubernetes.</translation>
    </message>
</context>
<context>
    <name>ClusterReading</name>
    <message>
        <source>Of a model in a cluster the last hour is known.</source>
        <translation>Von einem Modell in einem Cluster ist die letzte Stunde bekannt.</translation>
    </message>
    <message>
        <source>Say older_than: 1h, or less; or use kind: query.</source>
        <translation>older_than: 1h oder weniger schreiben, oder kind: query nehmen.</translation>
    </message>
    <message>
        <source>Nobody asked it in the last hour.</source>
        <translation>In der letzten Stunde hat niemand es gefragt.</translation>
    </message>
    <message>
        <source>too few requests in 15 minutes: %1</source>
        <translation>zu wenige Anfragen in 15 Minuten: %1</translation>
    </message>
    <message>
        <source>%1 does not tell which requests failed.</source>
        <translation>%1 sagt nicht, welche Anfragen fehlschlugen.</translation>
    </message>
    <message>
        <source>%1 of %2 requests in 15 minutes</source>
        <translation>%1 von %2 Anfragen in 15 Minuten</translation>
    </message>
    <message>
        <source>%1 does not tell how long requests took.</source>
        <translation>%1 sagt nicht, wie lange Anfragen dauerten.</translation>
    </message>
    <message>
        <source>p95 of the middle one of %1 stretches</source>
        <translation>p95 des mittleren von %1 Abschnitten</translation>
    </message>
</context>
<context>
    <name>ClusterSheets</name>
    <message>
        <source>The workspace has no cluster: pilot connect add NAME --kind kubernetes.</source>
        <translation>Der Arbeitsbereich hat keinen Cluster: pilot connect add NAME --kind kubernetes.</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Apply a folder of manifests…</source>
        <translation>Einen Ordner mit Manifesten anwenden …</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <source>Open the sheet first.</source>
        <translation>Zuerst das Blatt öffnen.</translation>
    </message>
    <message>
        <source>Undo the apply</source>
        <translation>Das Anwenden zurücknehmen</translation>
    </message>
    <message>
        <source>Nothing was applied here.</source>
        <translation>Hier wurde nichts angewendet.</translation>
    </message>
    <message>
        <source>Change by a commit…</source>
        <translation>Durch einen Commit ändern …</translation>
    </message>
    <message>
        <source>Choose a workload first.</source>
        <translation>Zuerst einen Workload wählen.</translation>
    </message>
    <message>
        <source>Commit and push</source>
        <translation>Committen und pushen</translation>
    </message>
    <message>
        <source>Undo the commit</source>
        <translation>Den Commit zurücknehmen</translation>
    </message>
    <message>
        <source>Nothing was committed here.</source>
        <translation>Hier wurde nichts committet.</translation>
    </message>
    <message>
        <source>Open a pull request</source>
        <translation>Einen Pull Request öffnen</translation>
    </message>
    <message>
        <source>No branch was committed here that a connection of GitHub has.</source>
        <translation>Hier wurde auf keinen Branch committet, den eine Verbindung zu GitHub hat.</translation>
    </message>
</context>
<context>
    <name>Clusters</name>
    <message>
        <source>Add one: pilot connect add NAME --kind kubernetes</source>
        <translation>Eine hinzufügen: pilot connect add NAME --kind kubernetes</translation>
    </message>
    <message>
        <source>The workspace has several clusters: %1.</source>
        <translation>Der Arbeitsbereich hat mehrere Cluster: %1.</translation>
    </message>
    <message>
        <source>Say which by its connection.</source>
        <translation>Über die Verbindung sagen, welcher gemeint ist.</translation>
    </message>
    <message>
        <source>The workspace has no connection of kind kubernetes.</source>
        <translation>Der Arbeitsbereich hat keine Verbindung der Art kubernetes.</translation>
    </message>
    <message>
        <source>There is no connection “%1” of kind kubernetes in this workspace.</source>
        <translation>In diesem Arbeitsbereich gibt es keine Verbindung „%1“ der Art kubernetes.</translation>
    </message>
    <message>
        <source>Known: %1.</source>
        <translation>Bekannt: %1.</translation>
    </message>
    <message>
        <source>%1, context %2</source>
        <translation>%1, Kontext %2</translation>
    </message>
    <message>
        <source>Kubernetes %1 answers; we are %2 there.</source>
        <translation>Kubernetes %1 antwortet; dort angemeldet als %2.</translation>
    </message>
    <message>
        <source>Kubernetes %1 answers.</source>
        <translation>Kubernetes %1 antwortet.</translation>
    </message>
    <message>
        <source>Installed: %1.</source>
        <translation>Installiert: %1.</translation>
    </message>
    <message>
        <source>Not installed: %1.</source>
        <translation>Nicht installiert: %1.</translation>
    </message>
    <message>
        <source>There is no connection “%1” with a kubeconfig in this workspace.</source>
        <translation>In diesem Arbeitsbereich gibt es keine Verbindung „%1“ mit einer Kubeconfig.</translation>
    </message>
    <message>
        <source>The context “%1” runs no program for its credential: there is nothing to confirm.</source>
        <translation>Der Kontext „%1“ führt für seine Anmeldung kein Programm aus: Es gibt nichts zu bestätigen.</translation>
    </message>
    <message>
        <source>Let the kubeconfig of %1 run a program for its credential</source>
        <translation>Die Kubeconfig von %1 ein Programm für ihre Anmeldung ausführen lassen</translation>
    </message>
    <message>
        <source>runs on this machine, as its kubeconfig %1 says</source>
        <translation>läuft auf diesem Rechner, wie seine Kubeconfig %1 sagt</translation>
    </message>
    <message>
        <source>ask again before it runs</source>
        <translation>vor dem Ausführen wieder fragen</translation>
    </message>
    <message>
        <source>The confirmation was not kept.</source>
        <translation>Die Bestätigung wurde nicht gespeichert.</translation>
    </message>
    <message>
        <source>Is the file yours, and closed to others?</source>
        <translation>Gehört die Datei dem eigenen Konto, und ist sie für andere gesperrt?</translation>
    </message>
    <message>
        <source>The kubeconfig names another program now.</source>
        <translation>Die kubeconfig nennt jetzt ein anderes Programm.</translation>
    </message>
    <message>
        <source>Look at it again before it may run.</source>
        <translation>Es vor der Freigabe noch einmal ansehen.</translation>
    </message>
</context>
<context>
    <name>CommitArtifact</name>
    <message>
        <source>There is no file %1.</source>
        <translation>Es gibt keine Datei %1.</translation>
    </message>
    <message>
        <source>Name a version, or files.</source>
        <translation>Eine Version nennen, oder Dateien.</translation>
    </message>
    <message>
        <source>%1 has %2 MB: too much for a commit.</source>
        <translation>%1 hat %2 MB: zu viel für einen Commit.</translation>
    </message>
    <message>
        <source>Let DVC keep it: pilot data add %1, pilot data push, then commit its pointer with --file %1.dvc.</source>
        <translation>DVC soll es halten: pilot data add %1, pilot data push, dann den Zeiger mit --file %1.dvc committen.</translation>
    </message>
    <message>
        <source>%1 is protected: commit to a branch of its own and open a pull request.</source>
        <translation>%1 ist geschützt: auf einen eigenen Branch committen und einen Pull Request öffnen.</translation>
    </message>
    <message>
        <source>Somebody was quicker: plan it again on what is there now.</source>
        <translation>Jemand war schneller: neu planen auf dem, was jetzt da ist.</translation>
    </message>
    <message>
        <source>%1 is no longer what it was when the plan was made.</source>
        <translation>%1 ist nicht mehr, was es war, als der Plan gemacht wurde.</translation>
    </message>
    <message>
        <source>Look at the plan again.</source>
        <translation>Den Plan noch einmal ansehen.</translation>
    </message>
    <message>
        <source>The branch %1 has these files already.</source>
        <translation>Der Branch %1 hat diese Dateien schon.</translation>
    </message>
    <message>
        <source>The journal does not say which commit %1 made.</source>
        <translation>Das Journal sagt nicht, welchen Commit %1 gemacht hat.</translation>
    </message>
    <message>
        <source>Revert it by git.</source>
        <translation>Mit git zurücknehmen.</translation>
    </message>
    <message>
        <source>%1 is the way back of another commit already.</source>
        <translation>%1 ist schon der Rückweg eines anderen Commits.</translation>
    </message>
    <message>
        <source>Commit the version again.</source>
        <translation>Die Version noch einmal committen.</translation>
    </message>
    <message>
        <source>%1 was changed since.</source>
        <translation>%1 wurde seither geändert.</translation>
    </message>
    <message>
        <source>Revert it by git, and look at what came after it.</source>
        <translation>Mit git zurücknehmen, und ansehen, was danach kam.</translation>
    </message>
    <message>
        <source>Commit to %1: %2</source>
        <translation>Commit auf %1: %2</translation>
    </message>
    <message>
        <source>a commit that puts the files back</source>
        <translation>ein Commit, der die Dateien zurückstellt</translation>
    </message>
    <message>
        <source>The branch is gone.</source>
        <translation>Der Branch ist weg.</translation>
    </message>
</context>
<context>
    <name>ConnectionFields</name>
    <message>
        <source>CA file</source>
        <translation>CA-Datei</translation>
    </message>
    <message>
        <source>PEM of a private authority; empty: the system&apos;s</source>
        <translation>PEM einer eigenen Stelle; leer: die des Systems</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Empty: the context&apos;s, else all that may be seen</source>
        <translation>Leer: der des Kontexts, sonst alle sichtbaren</translation>
    </message>
    <message>
        <source>Ingress address</source>
        <translation>Ingress-Adresse</translation>
    </message>
    <message>
        <source>By which KServe&apos;s hosts are reached, http://…</source>
        <translation>Worüber die Hosts von KServe erreicht werden, http://…</translation>
    </message>
    <message>
        <source>Of a server named by its address</source>
        <translation>Eines Servers, der mit Adresse benannt ist</translation>
    </message>
    <message>
        <source>TLS server name</source>
        <translation>TLS-Servername</translation>
    </message>
    <message>
        <source>Where the certificate has another name</source>
        <translation>Wo das Zertifikat einen anderen Namen trägt</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Certificate is not looked at</source>
        <translation>Zertifikat wird nicht geprüft</translation>
    </message>
    <message>
        <source>Subscription</source>
        <translation>Abonnement</translation>
    </message>
    <message>
        <source>Resource group</source>
        <translation>Ressourcengruppe</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsbereich</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>Tenant</source>
        <translation>Mandant</translation>
    </message>
    <message>
        <source>Of the directory: identifier or domain</source>
        <translation>Des Verzeichnisses: Kennung oder Domäne</translation>
    </message>
    <message>
        <source>Client</source>
        <translation>Anwendung</translation>
    </message>
    <message>
        <source>Application that signs in; its secret is the one above</source>
        <translation>Anwendung, die sich anmeldet; ihr Geheimnis steht oben</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>Cloud</source>
        <translation>Cloud</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>Only these jobs</source>
        <translation>Nur diese Jobs</translation>
    </message>
    <message>
        <source>Names, commas between; empty: all</source>
        <translation>Namen, durch Komma getrennt; leer: alle</translation>
    </message>
    <message>
        <source>Directory</source>
        <translation>Verzeichnis</translation>
    </message>
    <message>
        <source>Of a cloud of its own, https://…</source>
        <translation>Einer eigenen Cloud, https://…</translation>
    </message>
    <message>
        <source>A promotion moves</source>
        <translation>Eine Beförderung bewegt</translation>
    </message>
    <message>
        <source>Login</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>Mount</source>
        <translation>Mount</translation>
    </message>
    <message>
        <source>Of the key-value store; empty: secret</source>
        <translation>Des Schlüsselspeichers; leer: secret</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Pfad</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Of the logins kubernetes and jwt</source>
        <translation>Der Anmeldungen kubernetes und jwt</translation>
    </message>
    <message>
        <source>Mount of the login</source>
        <translation>Mount der Anmeldung</translation>
    </message>
    <message>
        <source>Token file</source>
        <translation>Token-Datei</translation>
    </message>
    <message>
        <source>Of the login jwt; empty: the pod&apos;s</source>
        <translation>Der Anmeldung jwt; leer: die des Pods</translation>
    </message>
    <message>
        <source>That runs of this machine go to</source>
        <translation>In das Läufe dieses Rechners gehen</translation>
    </message>
    <message>
        <source>Artifact store</source>
        <translation>Artefaktspeicher</translation>
    </message>
    <message>
        <source>S3 connection, where the server does not hand artifacts through</source>
        <translation>S3-Verbindung, wo der Server Artefakte nicht durchreicht</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>Repository</translation>
    </message>
    <message>
        <source>That its builds are of: owner/name or an address</source>
        <translation>Aus dem gebaut wird: owner/name oder eine Adresse</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>Eigentümer</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Branch</translation>
    </message>
    <message>
        <source>Empty: its default branch</source>
        <translation>Leer: sein Hauptbranch</translation>
    </message>
    <message>
        <source>Only these workflows</source>
        <translation>Nur diese Workflows</translation>
    </message>
    <message>
        <source>File names, commas between; empty: all</source>
        <translation>Dateinamen, durch Komma getrennt; leer: alle</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>Connection whose pods have the logs</source>
        <translation>Verbindung, deren Pods die Logs haben</translation>
    </message>
    <message>
        <source>Identity header</source>
        <translation>Identitäts-Header</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Registry</translation>
    </message>
    <message>
        <source>AWS region</source>
        <translation>AWS-Region</translation>
    </message>
    <message>
        <source>Of ECR; user and secret are the access key then</source>
        <translation>Von ECR; Benutzer und Geheimnis sind dann der Zugangsschlüssel</translation>
    </message>
    <message>
        <source>AWS account</source>
        <translation>AWS-Konto</translation>
    </message>
    <message>
        <source>Of ECR, 12 digits</source>
        <translation>Von ECR, 12 Ziffern</translation>
    </message>
    <message>
        <source>Login server</source>
        <translation>Anmeldeserver</translation>
    </message>
    <message>
        <source>That the credential may be given to, where it is another one</source>
        <translation>Dem die Zugangsdaten gegeben werden dürfen, wo es ein anderer ist</translation>
    </message>
    <message>
        <source>Without TLS</source>
        <translation>Ohne TLS</translation>
    </message>
    <message>
        <source>Bucket</source>
        <translation>Bucket</translation>
    </message>
    <message>
        <source>Prefix</source>
        <translation>Präfix</translation>
    </message>
    <message>
        <source>Access key</source>
        <translation>Zugangsschlüssel</translation>
    </message>
    <message>
        <source>Its secret is the one above</source>
        <translation>Sein Geheimnis steht oben</translation>
    </message>
    <message>
        <source>Addressing</source>
        <translation>Adressierung</translation>
    </message>
    <message>
        <source>Folder of artifacts</source>
        <translation>Ordner der Artefakte</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Live is</source>
        <translation>Live ist</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Job in the message</source>
        <translation>Job in der Nachricht</translation>
    </message>
    <message>
        <source>Expression whose first group is the job&apos;s name</source>
        <translation>Ausdruck, dessen erste Gruppe der Jobname ist</translation>
    </message>
    <message>
        <source>Pushes go to</source>
        <translation>Pushes gehen an</translation>
    </message>
    <message>
        <source>SSH key file</source>
        <translation>SSH-Schlüsseldatei</translation>
    </message>
    <message>
        <source>Alertmanager</source>
        <translation>Alertmanager</translation>
    </message>
    <message>
        <source>Metric of requests</source>
        <translation>Metrik der Anfragen</translation>
    </message>
    <message>
        <source>Label of the status</source>
        <translation>Label des Status</translation>
    </message>
    <message>
        <source>Metric of latency</source>
        <translation>Metrik der Latenz</translation>
    </message>
    <message>
        <source>Metric of predictions</source>
        <translation>Metrik der Vorhersagen</translation>
    </message>
    <message>
        <source>Label of the prediction</source>
        <translation>Label der Vorhersage</translation>
    </message>
    <message>
        <source>Label of the pod</source>
        <translation>Label des Pods</translation>
    </message>
    <message>
        <source>Label of the namespace</source>
        <translation>Label des Namespace</translation>
    </message>
    <message>
        <source>Index</source>
        <translation>Index</translation>
    </message>
    <message>
        <source>Channel</source>
        <translation>Kanal</translation>
    </message>
    <message>
        <source>Tells of</source>
        <translation>Meldet</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Its address, https://…</source>
        <translation>Seine Adresse, https://…</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Token or password</source>
        <translation>Token oder Passwort</translation>
    </message>
    <message>
        <source>Registry, journal and serving live here</source>
        <translation>Registry, Journal und Serving liegen hier</translation>
    </message>
    <message>
        <source>Kubeconfig or address</source>
        <translation>Kubeconfig oder Adresse</translation>
    </message>
    <message>
        <source>A file, or https://…; empty: the file that kubectl uses</source>
        <translation>Eine Datei oder https://…; leer: die Datei von kubectl</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Of the kubeconfig; empty: its current one</source>
        <translation>Der Kubeconfig; leer: ihr aktueller</translation>
    </message>
    <message>
        <source>User or role id</source>
        <translation>Benutzer oder Rollen-ID</translation>
    </message>
    <message>
        <source>Its address, https://…; empty with a registry&apos;s name or ECR below</source>
        <translation>Ihre Adresse, https://…; leer mit Registry-Name oder ECR unten</translation>
    </message>
    <message>
        <source>Of an Enterprise server, https://…/api/v3; empty: github.com</source>
        <translation>Eines Enterprise-Servers, https://…/api/v3; leer: github.com</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>MLflow address of the workspace; empty: made of the fields below</source>
        <translation>MLflow-Adresse des Arbeitsbereichs; leer: aus den Feldern unten</translation>
    </message>
    <message>
        <source>Client secret</source>
        <translation>Geheimnis der Anwendung</translation>
    </message>
    <message>
        <source>A folder, or the address that Git takes</source>
        <translation>Ein Ordner oder eine Adresse, die Git nimmt</translation>
    </message>
    <message>
        <source>Of MinIO and others, http://…; empty: AWS</source>
        <translation>Von MinIO und anderen, http://…; leer: AWS</translation>
    </message>
    <message>
        <source>Secret key</source>
        <translation>Geheimer Schlüssel</translation>
    </message>
    <message>
        <source>Webhook&apos;s address</source>
        <translation>Adresse des Webhooks</translation>
    </message>
    <message>
        <source>Field of the status</source>
        <translation>Feld des Status</translation>
    </message>
    <message>
        <source>Field of the duration</source>
        <translation>Feld der Dauer</translation>
    </message>
    <message>
        <source>Its unit</source>
        <translation>Deren Einheit</translation>
    </message>
    <message>
        <source>Field of the line</source>
        <translation>Feld der Zeile</translation>
    </message>
    <message>
        <source>Field of the time</source>
        <translation>Feld der Zeit</translation>
    </message>
    <message>
        <source>Field of the pod</source>
        <translation>Feld des Pods</translation>
    </message>
    <message>
        <source>Field of the namespace</source>
        <translation>Feld des Namensraums</translation>
    </message>
    <message>
        <source>Alerts that are shown</source>
        <translation>Alarme, die gezeigt werden</translation>
    </message>
    <message>
        <source>models: those of this workspace&apos;s models</source>
        <translation>models: die der Modelle dieses Arbeitsbereichs</translation>
    </message>
</context>
<context>
    <name>Connections</name>
    <message>
        <source>The folder does not exist and cannot be made.</source>
        <translation>Der Ordner ist nicht vorhanden und kann nicht angelegt werden.</translation>
    </message>
    <message>
        <source>Choose a folder that you may write, or make it.</source>
        <translation>Einen Ordner wählen, der beschrieben werden darf, oder ihn anlegen.</translation>
    </message>
    <message>
        <source>The folder will be made at the first use.</source>
        <translation>Der Ordner wird beim ersten Gebrauch angelegt.</translation>
    </message>
    <message>
        <source>This is a file, not a folder.</source>
        <translation>Das ist eine Datei, kein Ordner.</translation>
    </message>
    <message>
        <source>Name a folder in root.</source>
        <translation>Unter root einen Ordner nennen.</translation>
    </message>
    <message>
        <source>The folder cannot be written.</source>
        <translation>Der Ordner kann nicht beschrieben werden.</translation>
    </message>
    <message>
        <source>Change its owner or mode, or choose another.</source>
        <translation>Seinen Besitzer oder seine Rechte ändern oder einen anderen wählen.</translation>
    </message>
    <message>
        <source>The folder can be written; there is no registry in it yet.</source>
        <translation>Der Ordner kann beschrieben werden; eine Registry liegt noch nicht darin.</translation>
    </message>
    <message>
        <source>The folder can be written and the registry opens.</source>
        <translation>Der Ordner kann beschrieben werden, und die Registry lässt sich öffnen.</translation>
    </message>
    <message>
        <source>There is no connection “%1” in this workspace.</source>
        <translation>In diesem Arbeitsbereich gibt es keine Verbindung „%1“.</translation>
    </message>
    <message>
        <source>Known: %1.</source>
        <translation>Bekannt: %1.</translation>
    </message>
    <message>
        <source>This version does not use connections of kind %1.</source>
        <translation>Diese Version benutzt keine Verbindungen der Art %1.</translation>
    </message>
    <message>
        <source>It answers (HTTP %1). This version does not use connections of kind %2 yet.</source>
        <translation>Sie antwortet (HTTP %1). Diese Version benutzt Verbindungen der Art %2 noch nicht.</translation>
    </message>
    <message>
        <source>There is a connection “%1” already.</source>
        <translation>Eine Verbindung „%1“ gibt es schon.</translation>
    </message>
    <message>
        <source>Remove it first, or choose another name.</source>
        <translation>Sie erst entfernen oder einen anderen Namen wählen.</translation>
    </message>
    <message>
        <source>connection %1 of kind %2</source>
        <translation>Verbindung %1 der Art %2</translation>
    </message>
    <message>
        <source>secret %1 in the keychain</source>
        <translation>Geheimnis %1 im Schlüsselbund</translation>
    </message>
    <message>
        <source>the value that was given</source>
        <translation>der angegebene Wert</translation>
    </message>
    <message>
        <source>put back what was there</source>
        <translation>zurück auf den alten Stand</translation>
    </message>
    <message>
        <source>The keychain does not hold the secret that was stored.</source>
        <translation>Der Schlüsselbund enthält das gespeicherte Geheimnis nicht.</translation>
    </message>
    <message>
        <source>The connection “%1” is in use by %2.</source>
        <translation>Die Verbindung „%1“ wird von %2 benutzt.</translation>
    </message>
    <message>
        <source>Point these models at another connection first.</source>
        <translation>Diese Modelle erst auf eine andere Verbindung umstellen.</translation>
    </message>
    <message>
        <source>connection %1 is gone</source>
        <translation>Verbindung %1 ist entfernt</translation>
    </message>
    <message>
        <source>Add the connection %1 to the workspace</source>
        <translation>Verbindung %1 in den Arbeitsbereich aufnehmen</translation>
    </message>
    <message>
        <source>Take the connection %1 out of the workspace</source>
        <translation>Verbindung %1 aus dem Arbeitsbereich nehmen</translation>
    </message>
    <message>
        <source>remove it again</source>
        <translation>wieder entfernen</translation>
    </message>
    <message>
        <source>put it back</source>
        <translation>wieder eintragen</translation>
    </message>
    <message>
        <source>The workspace file was changed meanwhile.</source>
        <translation>Die Arbeitsbereichsdatei wurde inzwischen geändert.</translation>
    </message>
    <message>
        <source>Look at it and try again.</source>
        <translation>Sie ansehen und noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The workspace file was written by somebody else meanwhile.</source>
        <translation>Die Arbeitsbereichsdatei wurde inzwischen von jemand anderem geschrieben.</translation>
    </message>
    <message>
        <source>It answers. Buckets: %1.</source>
        <translation>Er antwortet. Buckets: %1.</translation>
    </message>
    <message>
        <source>There is no bucket “%1”.</source>
        <translation>Es gibt keinen Bucket „%1“.</translation>
    </message>
    <message>
        <source>Check the bucket&apos;s name and the connection&apos;s address.</source>
        <translation>Prüfen Sie den Namen des Buckets und die Adresse der Verbindung.</translation>
    </message>
    <message>
        <source>The bucket “%1” is there and can be read.</source>
        <translation>Der Bucket „%1“ ist da und lesbar.</translation>
    </message>
    <message>
        <source>The repository opens; it has no commit yet.</source>
        <translation>Das Repository lässt sich öffnen; es hat noch keinen Commit.</translation>
    </message>
    <message>
        <source>The repository opens. Branches: %1, tags: %2.</source>
        <translation>Das Repository lässt sich öffnen. Branches: %1, Tags: %2.</translation>
    </message>
    <message>
        <source>Models in “%1”: %2.</source>
        <translation>Modelle in „%1“: %2.</translation>
    </message>
    <message>
        <source>The directory gives a token, and the workspace answers.</source>
        <translation>Das Verzeichnis gibt ein Token aus, und der Arbeitsbereich antwortet.</translation>
    </message>
    <message>
        <source>It answers (HTTP %1).</source>
        <translation>Antwortet (HTTP %1).</translation>
    </message>
    <message>
        <source>The Vault is sealed.</source>
        <translation>Der Vault ist versiegelt.</translation>
    </message>
    <message>
        <source>The Vault is not initialised.</source>
        <translation>Der Vault ist nicht initialisiert.</translation>
    </message>
    <message>
        <source>Whoever keeps its keys unseals it (vault operator unseal).</source>
        <translation>Wer seine Schlüssel verwahrt, entsiegelt ihn (vault operator unseal).</translation>
    </message>
    <message>
        <source>It is %1; logged in as %2 with the policies %3; at %4 is engine %5.</source>
        <translation>Er ist %1; angemeldet als %2 mit den Richtlinien %3; unter %4 liegt Engine %5.</translation>
    </message>
    <message>
        <source>It is %1; at %2 is engine %3.</source>
        <translation>Er ist %1; unter %2 liegt Engine %3.</translation>
    </message>
    <message>
        <source>It answers, and takes the credential.</source>
        <translation>Sie antwortet und nimmt die Anmeldung an.</translation>
    </message>
    <message>
        <source>It answers without a credential.</source>
        <translation>Sie antwortet ohne Anmeldung.</translation>
    </message>
    <message>
        <source>%1 of %2 pulls are left.</source>
        <translation>%1 von %2 Abrufen sind übrig.</translation>
    </message>
</context>
<context>
    <name>DeployFollow</name>
    <message>
        <source>%1: revision %2 (version %3)</source>
        <translation>%1: Revision %2 (Version %3)</translation>
    </message>
    <message>
        <source>%1: revision %2</source>
        <translation>%1: Revision %2</translation>
    </message>
    <message>
        <source>%1 rolls out%2</source>
        <translation>%1 wird ausgerollt%2</translation>
    </message>
    <message>
        <source>%1: its rollout is awaited%2</source>
        <translation>%1: auf das Rollout wird gewartet%2</translation>
    </message>
    <message>
        <source>%1 is healthy</source>
        <translation>%1 ist gesund</translation>
    </message>
    <message>
        <source>%1 is stuck%2</source>
        <translation>%1 steht still%2</translation>
    </message>
    <message>
        <source>%1 did not become healthy%2</source>
        <translation>%1 wurde nicht gesund%2</translation>
    </message>
    <message>
        <source>%1: nothing was rolled out%2</source>
        <translation>%1: nichts wurde ausgerollt%2</translation>
    </message>
    <message>
        <source>a newer deploy run passed</source>
        <translation>ein neuerer Deploy-Lauf ist durch</translation>
    </message>
    <message>
        <source>%1: %2 passed; its rollout at %3 is followed</source>
        <translation>%1: %2 ist durch; sein Rollout an %3 wird verfolgt</translation>
    </message>
    <message>
        <source>revision %1 came after it</source>
        <translation>Revision %1 kam danach</translation>
    </message>
    <message>
        <source>%1 passed more than %2 minutes ago</source>
        <translation>%1 ist seit über %2 Minuten durch</translation>
    </message>
    <message>
        <source>%1: after %2, %3</source>
        <translation>%1: nach %2, %3</translation>
    </message>
</context>
<context>
    <name>DirectoryLogin</name>
    <message>
        <source>The connection “%1” does not say who signs in: its %2 is missing.</source>
        <translation>Die Verbindung „%1“ sagt nicht, wer sich anmeldet: %2 fehlt.</translation>
    </message>
    <message>
        <source>Add tenant (the directory) and client (the identifier of an application).</source>
        <translation>Tragen Sie tenant (das Verzeichnis) und client (die Kennung einer Anwendung) ein.</translation>
    </message>
    <message>
        <source>The directory&apos;s address of “%1” is not safe: the sign-in would travel in the open.</source>
        <translation>Die Adresse des Verzeichnisses von „%1“ ist nicht sicher: Die Anmeldung ginge offen über das Netz.</translation>
    </message>
    <message>
        <source>Write authority with https://.</source>
        <translation>Schreiben Sie authority mit https://.</translation>
    </message>
    <message>
        <source>“%1” is no login of the connection “%2”.</source>
        <translation>„%1“ ist keine Anmeldung der Verbindung „%2“.</translation>
    </message>
    <message>
        <source>Write login: device for a person who signs in, or login: client for an application.</source>
        <translation>Schreiben Sie login: device für einen Menschen, der sich anmeldet, oder login: client für eine Anwendung.</translation>
    </message>
    <message>
        <source>Keep the sign-in of the connection %1</source>
        <translation>Die Anmeldung der Verbindung %1 aufbewahren</translation>
    </message>
</context>
<context>
    <name>Endpoint</name>
    <message>
        <source>The workspace has no model “%1”.</source>
        <translation>Der Arbeitsbereich hat kein Modell „%1“.</translation>
    </message>
    <message>
        <source>Nothing serves %1: the workspace names neither a deployment nor an endpoint of it.</source>
        <translation>Nichts bedient %1: Der Arbeitsbereich nennt weder ein Deployment noch einen Endpunkt dafür.</translation>
    </message>
    <message>
        <source>Name the endpoint: `pilot connect endpoint %1 URL`.</source>
        <translation>Den Endpunkt nennen: `pilot connect endpoint %1 URL`.</translation>
    </message>
    <message>
        <source>Nothing serves %1 now.</source>
        <translation>Nichts bedient %1 zurzeit.</translation>
    </message>
    <message>
        <source>Promote a version, or start it: `pilot rollouts start %1`.</source>
        <translation>Eine Version befördern oder starten: `pilot rollouts start %1`.</translation>
    </message>
    <message>
        <source>This is no address: %1</source>
        <translation>Das ist keine Adresse: %1</translation>
    </message>
    <message>
        <source>For example http://inference.example:8000</source>
        <translation>Zum Beispiel http://inference.example:8000</translation>
    </message>
    <message>
        <source>Ask %1 at %2</source>
        <translation>%1 bei %2 fragen</translation>
    </message>
    <message>
        <source>request profile: %1 %2</source>
        <translation>Anfrageprofil: %1 %2</translation>
    </message>
    <message>
        <source>The folder cannot be made.</source>
        <translation>Der Ordner lässt sich nicht anlegen.</translation>
    </message>
    <message>
        <source>endpoint of %1: %2</source>
        <translation>Endpunkt von %1: %2</translation>
    </message>
    <message>
        <source>The workspace file was written by somebody else meanwhile.</source>
        <translation>Die Arbeitsbereichsdatei hat inzwischen jemand anders geschrieben.</translation>
    </message>
    <message>
        <source>Look at it and try again.</source>
        <translation>Sie ansehen und noch einmal versuchen.</translation>
    </message>
    <message>
        <source>put it back</source>
        <translation>wieder eintragen</translation>
    </message>
    <message>
        <source>The file was changed meanwhile.</source>
        <translation>Die Datei wurde inzwischen geändert.</translation>
    </message>
    <message>
        <source>The file cannot be removed.</source>
        <translation>Die Datei lässt sich nicht entfernen.</translation>
    </message>
</context>
<context>
    <name>EndpointPolicy</name>
    <message>
        <source>The service refuses by its rule “%1”.</source>
        <translation>Der Dienst lehnt ab, nach seiner Regel „%1“.</translation>
    </message>
    <message>
        <source>Force it to retrain all the same: --force.</source>
        <translation>Trotzdem neu trainieren: --force.</translation>
    </message>
    <message>
        <source>%1/metrics tells no total_requests.</source>
        <translation>%1/metrics nennt kein total_requests.</translation>
    </message>
    <message>
        <source>Have the service of %1 retrain it</source>
        <translation>Den Dienst von %1 neu trainieren lassen</translation>
    </message>
    <message>
        <source>the service begins a retraining by its own rules</source>
        <translation>der Dienst beginnt ein neues Training nach seinen eigenen Regeln</translation>
    </message>
    <message>
        <source>Switch on retraining by the service of %1</source>
        <translation>Neutraining durch den Dienst von %1 einschalten</translation>
    </message>
    <message>
        <source>Switch off retraining by the service of %1</source>
        <translation>Neutraining durch den Dienst von %1 ausschalten</translation>
    </message>
    <message>
        <source>Change the retraining policy of the service of %1</source>
        <translation>Die Trainingsregeln des Dienstes von %1 ändern</translation>
    </message>
    <message>
        <source>back to %1</source>
        <translation>zurück zu %1</translation>
    </message>
    <message>
        <source>The policy of the service of %1 was changed meanwhile.</source>
        <translation>Die Regeln des Dienstes von %1 wurden inzwischen geändert.</translation>
    </message>
    <message>
        <source>Look at it again and repeat the change.</source>
        <translation>Noch einmal ansehen und die Änderung wiederholen.</translation>
    </message>
    <message>
        <source>The service took the change, but says %1 for “%2”.</source>
        <translation>Der Dienst nahm die Änderung an, sagt aber %1 für „%2“.</translation>
    </message>
</context>
<context>
    <name>Environments</name>
    <message>
        <source>The workspace has no environment “%1”.</source>
        <translation>Der Arbeitsbereich hat keine Umgebung „%1“.</translation>
    </message>
    <message>
        <source>Add `environments:` to it: see the README.</source>
        <translation>`environments:` ergänzen: siehe README.</translation>
    </message>
    <message>
        <source>It has: %1.</source>
        <translation>Es gibt: %1.</translation>
    </message>
    <message>
        <source>The workspace has no model “%1”.</source>
        <translation>Der Arbeitsbereich hat kein Modell „%1“.</translation>
    </message>
    <message>
        <source>Name the model as the workspace does: the environments know how it is registered.</source>
        <translation>Das Modell so nennen wie der Arbeitsbereich: Die Umgebungen wissen, wie es registriert ist.</translation>
    </message>
    <message>
        <source>%1 is the first environment of its chain: versions come into it by training.</source>
        <translation>%1 ist die erste Umgebung ihrer Kette: Versionen kommen durch Training hinein.</translation>
    </message>
    <message>
        <source>Run: pilot promote %1 %2</source>
        <translation>Ausführen: pilot promote %1 %2</translation>
    </message>
    <message>
        <source>Model %1 does not go through %2.</source>
        <translation>Modell %1 geht nicht durch %2.</translation>
    </message>
    <message>
        <source>Name it there under `models`.</source>
        <translation>Dort unter `models` nennen.</translation>
    </message>
    <message>
        <source>%1 version %2 was never %3 in %4, so it has not passed its gates and approvals.</source>
        <translation>%1 Version %2 war in %4 nie %3, hat also die dortigen Tore und Zustimmungen nicht durchlaufen.</translation>
    </message>
    <message>
        <source>Promote it there first: pilot promote %1 %2</source>
        <translation>Erst dort freigeben: pilot promote %1 %2</translation>
    </message>
</context>
<context>
    <name>GitOpsSource</name>
    <message>
        <source>The connection “%1” is of kind %2: it is no Git repository.</source>
        <translation>Die Verbindung „%1“ ist von der Art %2: Sie ist kein Git-Repository.</translation>
    </message>
    <message>
        <source>Name one of kind git, or a folder of a Git work tree.</source>
        <translation>Eine der Art git nennen oder einen Ordner eines Git-Arbeitsverzeichnisses.</translation>
    </message>
    <message>
        <source>“%1” is neither a connection of the workspace nor a folder.</source>
        <translation>„%1“ ist weder eine Verbindung des Arbeitsbereichs noch ein Ordner.</translation>
    </message>
    <message>
        <source>Name a connection of kind git, or a folder of a Git work tree.</source>
        <translation>Eine Verbindung der Art git nennen oder einen Ordner eines Git-Arbeitsverzeichnisses.</translation>
    </message>
    <message>
        <source>“%1” is in no work tree of Git.</source>
        <translation>„%1“ liegt in keinem Arbeitsverzeichnis von Git.</translation>
    </message>
    <message>
        <source>Name a folder of a clone of the repository that the controller follows.</source>
        <translation>Einen Ordner eines Klons des Repositorys nennen, dem der Controller folgt.</translation>
    </message>
</context>
<context>
    <name>Headline</name>
    <message>
        <source>no champion</source>
        <translation>kein Champion</translation>
    </message>
    <message>
        <source>the run of version %1 is not known</source>
        <translation>der Lauf von Version %1 ist nicht bekannt</translation>
    </message>
    <message>
        <source>the run of version %1 has no %2</source>
        <translation>der Lauf von Version %1 hat kein %2</translation>
    </message>
    <message>
        <source>no label came</source>
        <translation>kein Label kam</translation>
    </message>
    <message>
        <source>no label came: as its run was tested</source>
        <translation>kein Label kam: wie sein Lauf getestet wurde</translation>
    </message>
    <message>
        <source>%1: as its run was tested</source>
        <translation>%1: wie sein Lauf getestet wurde</translation>
    </message>
</context>
<context>
    <name>History</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>journal line %1</source>
        <translation>Journalzeile %1</translation>
    </message>
    <message>
        <source>registry %1</source>
        <translation>Registry %1</translation>
    </message>
    <message>
        <source>Version %1 was registered</source>
        <translation>Version %1 wurde registriert</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Data, SHA-256</source>
        <translation>Daten, SHA-256</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>Package, SHA-256</source>
        <translation>Paket, SHA-256</translation>
    </message>
    <message>
        <source>promotion %1</source>
        <translation>Freigabe %1</translation>
    </message>
    <message>
        <source>Asked to promote v%1 to %2</source>
        <translation>Freigabe von v%1 zu %2 beantragt</translation>
    </message>
    <message>
        <source>Evidence, SHA-256</source>
        <translation>Belege, SHA-256</translation>
    </message>
    <message>
        <source>Approved v%1</source>
        <translation>v%1 zugestimmt</translation>
    </message>
    <message>
        <source>Rejected v%1</source>
        <translation>v%1 abgelehnt</translation>
    </message>
    <message>
        <source>v%1: %2 (the journal here has no line of it)</source>
        <translation>v%1: %2 (das Journal hier hat keine Zeile davon)</translation>
    </message>
    <message>
        <source>What was done before was put back.</source>
        <translation>Was vorher getan war, wurde zurückgesetzt.</translation>
    </message>
    <message>
        <source>It was begun, and the journal has no line of its end.</source>
        <translation>Es wurde begonnen, und das Journal hat keine Zeile vom Ende.</translation>
    </message>
    <message>
        <source>Undoes</source>
        <translation>Nimmt zurück</translation>
    </message>
    <message>
        <source>v%1 was taken into service as revision %2</source>
        <translation>v%1 wurde als Revision %2 in Betrieb genommen</translation>
    </message>
    <message>
        <source>What became of it</source>
        <translation>Was daraus wurde</translation>
    </message>
    <message>
        <source>%1 % of the traffic to v%2</source>
        <translation>%1 % des Verkehrs an v%2</translation>
    </message>
    <message>
        <source>%1 % of the traffic to the canary</source>
        <translation>%1 % des Verkehrs an den Canary</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>seen by Pilothouse</source>
        <translation>von Pilothouse gesehen</translation>
    </message>
    <message>
        <source>it is so still</source>
        <translation>es ist noch so</translation>
    </message>
    <message>
        <source>The alias %1 was moved outside Pilothouse: %2 → %3</source>
        <translation>Der Alias %1 wurde außerhalb von Pilothouse versetzt: %2 → %3</translation>
    </message>
    <message>
        <source>Who did it is not known here; the registry says when.</source>
        <translation>Wer es tat, ist hier nicht bekannt; die Registry nennt die Zeit.</translation>
    </message>
    <message>
        <source>Who did it is not known here.</source>
        <translation>Wer es tat, ist hier nicht bekannt.</translation>
    </message>
    <message>
        <source>Our last record</source>
        <translation>Unser letzter Eintrag</translation>
    </message>
    <message>
        <source>%1, since %2</source>
        <translation>%1, seit %2</translation>
    </message>
    <message>
        <source>Changed, by the registry</source>
        <translation>Geändert, laut Registry</translation>
    </message>
    <message>
        <source>Seen at</source>
        <translation>Gesehen</translation>
    </message>
    <message>
        <source>Alias %1: %2 → %3</source>
        <translation>Alias %1: %2 → %3</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>of another machine: it has no line here</source>
        <translation>eines anderen Rechners: hier ohne Zeile</translation>
    </message>
    <message>
        <source>Registered</source>
        <translation>Registriert</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Beantragt</translation>
    </message>
    <message>
        <source>Approved</source>
        <translation>Zugestimmt</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Promoted</source>
        <translation>Freigegeben</translation>
    </message>
    <message>
        <source>Undone</source>
        <translation>Zurückgenommen</translation>
    </message>
    <message>
        <source>Turned back</source>
        <translation>Zurückgedreht</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>Verweigert</translation>
    </message>
    <message>
        <source>Alias</source>
        <translation>Alias</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stage</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>Beschreibung</translation>
    </message>
    <message>
        <source>Rollout</source>
        <translation>Rollout</translation>
    </message>
    <message>
        <source>Outside</source>
        <translation>Außerhalb</translation>
    </message>
    <message>
        <source>Skew</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>The registry has no model “%1”.</source>
        <translation>Die Registry hat kein Modell „%1“.</translation>
    </message>
    <message>
        <source>See “pilot registry list”.</source>
        <translation>Siehe „pilot registry list“.</translation>
    </message>
    <message>
        <source>%1 pointed nowhere at %2.</source>
        <translation>%1 zeigte am %2 nirgendwohin.</translation>
    </message>
    <message>
        <source>%1 pointed nowhere from %2 to %3</source>
        <translation>%1 zeigte von %2 bis %3 nirgendwohin</translation>
    </message>
    <message>
        <source>%1 has pointed nowhere since %2</source>
        <translation>%1 zeigt seit %2 nirgendwohin</translation>
    </message>
    <message>
        <source>%1 was version %2 from %3 to %4</source>
        <translation>%1 war Version %2 von %3 bis %4</translation>
    </message>
    <message>
        <source>%1 has been version %2 since %3</source>
        <translation>%1 ist Version %2 seit %3</translation>
    </message>
    <message>
        <source>, moved outside Pilothouse.</source>
        <translation>, außerhalb von Pilothouse versetzt.</translation>
    </message>
    <message>
        <source>, by %1</source>
        <translation>, durch %1</translation>
    </message>
    <message>
        <source>, because %1</source>
        <translation>, weil: %1</translation>
    </message>
</context>
<context>
    <name>ImageLineage</name>
    <message>
        <source>Its registry has the same bytes.</source>
        <translation>Seine Registry hat dieselben Bytes.</translation>
    </message>
    <message>
        <source>The tag names other bytes in the registry than run here.</source>
        <translation>Das Tag benennt in der Registry andere Bytes, als hier laufen.</translation>
    </message>
    <message>
        <source>Which bytes run is not known.</source>
        <translation>Welche Bytes laufen, ist nicht bekannt.</translation>
    </message>
    <message>
        <source>The registry&apos;s part is not known: %1</source>
        <translation>Was die Registry hat, ist nicht bekannt: %1</translation>
    </message>
    <message>
        <source>Built from commit %1.</source>
        <translation>Gebaut aus Commit %1.</translation>
    </message>
    <message>
        <source>Built for version %1.</source>
        <translation>Gebaut für Version %1.</translation>
    </message>
</context>
<context>
    <name>ImageRegistries</name>
    <message>
        <source>The connection “%1” names no registry.</source>
        <translation>Die Verbindung „%1“ nennt keine Registry.</translation>
    </message>
    <message>
        <source>Add url: https://registry.example, host: ghcr.io, or region and account of ECR.</source>
        <translation>url: https://registry.example, host: ghcr.io oder region und account von ECR ergänzen.</translation>
    </message>
    <message>
        <source>The connection “%1” names no keys of AWS.</source>
        <translation>Die Verbindung „%1“ nennt keine Schlüssel von AWS.</translation>
    </message>
    <message>
        <source>Add user: ACCESS_KEY and secret: NAME (the secret key), or secret: NAME alone with ACCESS_KEY:SECRET_KEY as its value.</source>
        <translation>user: ACCESS_KEY und secret: NAME (den geheimen Schlüssel) ergänzen, oder nur secret: NAME mit ACCESS_KEY:SECRET_KEY als Wert.</translation>
    </message>
    <message>
        <source>The connection “%1” is of kind %2: it is no image registry.</source>
        <translation>Die Verbindung „%1“ ist von der Art %2: Sie ist keine Image-Registry.</translation>
    </message>
    <message>
        <source>Name one of kind images.</source>
        <translation>Eine der Art images nennen.</translation>
    </message>
    <message>
        <source>The workspace has no connection “%1”.</source>
        <translation>Der Arbeitsbereich hat keine Verbindung „%1“.</translation>
    </message>
    <message>
        <source>See “pilot connect list”.</source>
        <translation>Siehe „pilot connect list“.</translation>
    </message>
</context>
<context>
    <name>ImagesOfVersions</name>
    <message>
        <source>The workspace does not say which image a version of %1 has.</source>
        <translation>Der Arbeitsbereich sagt nicht, welches Image eine Version von %1 hat.</translation>
    </message>
    <message>
        <source>Add it to its deployment, for example image: &quot;ghcr.io/team/api:{commit}&quot;.</source>
        <translation>In deployment ergänzen, zum Beispiel image: &quot;ghcr.io/team/api:{commit}&quot;.</translation>
    </message>
    <message>
        <source>The image of %1 version %2 is not known: it has no {%3}.</source>
        <translation>Das Image von %1 Version %2 ist nicht bekannt: sie hat kein {%3}.</translation>
    </message>
    <message>
        <source>Set the tag: pilot registry tag %1 %2 %3 VALUE.</source>
        <translation>Das Tag setzen: pilot registry tag %1 %2 %3 WERT.</translation>
    </message>
    <message>
        <source>A build sets the tag “commit” of the version, or deployment.image names another one.</source>
        <translation>Ein Build setzt das Tag „commit“ der Version, oder deployment.image nennt ein anderes.</translation>
    </message>
</context>
<context>
    <name>Inbox</name>
    <message>
        <source>Promote %1 v%2</source>
        <translation>%1 v%2 freigeben</translation>
    </message>
    <message>
        <source>%1 of %2 approvals. %3</source>
        <translation>%1 von %2 Zustimmungen. %3</translation>
    </message>
    <message>
        <source>%1 v%2: %3</source>
        <translation>%1 v%2: %3</translation>
    </message>
    <message>
        <source>Canary %1 paused at %2 %</source>
        <translation>Canary %1 angehalten bei %2 %</translation>
    </message>
    <message>
        <source>Endpoint of %1 does not answer</source>
        <translation>Endpunkt von %1 antwortet nicht</translation>
    </message>
    <message>
        <source>Start it again; it takes its last state up.</source>
        <translation>Ihn wieder starten; er nimmt seinen letzten Stand auf.</translation>
    </message>
    <message>
        <source>%1 %2 over limit</source>
        <translation>%1 %2 über dem Grenzwert</translation>
    </message>
    <message>
        <source>%1 %2%3, limit %4.</source>
        <translation>%1 %2%3, Grenzwert %4.</translation>
    </message>
    <message>
        <source> %1 drifted most (PSI %2).</source>
        <translation> %1 driftet am stärksten (PSI %2).</translation>
    </message>
    <message>
        <source>%1 inputs drifted</source>
        <translation>Eingaben von %1 sind gedriftet</translation>
    </message>
    <message>
        <source>%1 most, PSI %2, limit %3.</source>
        <translation>%1 am stärksten, PSI %2, Grenzwert %3.</translation>
    </message>
    <message>
        <source>%1 has no new model</source>
        <translation>%1 hat kein neues Modell</translation>
    </message>
    <message>
        <source>Newest is %1 h old, limit %2.</source>
        <translation>Das neueste ist %1 h alt, Grenzwert %2.</translation>
    </message>
    <message>
        <source>%1 serves another version</source>
        <translation>%1 liefert eine andere Version aus</translation>
    </message>
    <message>
        <source>Pipeline %1 failed</source>
        <translation>Pipeline %1 ist gescheitert</translation>
    </message>
    <message>
        <source>Its log tells why.</source>
        <translation>Ihr Protokoll sagt, warum.</translation>
    </message>
    <message>
        <source>The journal does not verify</source>
        <translation>Das Journal lässt sich nicht bestätigen</translation>
    </message>
    <message>
        <source>Training of %1 was interrupted</source>
        <translation>Das Training von %1 wurde unterbrochen</translation>
    </message>
    <message>
        <source>%1 It can go on from its checkpoint.</source>
        <translation>%1 Es kann ab seinem Checkpoint weitergehen.</translation>
    </message>
    <message>
        <source>Promoted %1 v%2</source>
        <translation>%1 v%2 freigegeben</translation>
    </message>
    <message>
        <source>By %1. v%2 was live before; it can be undone.</source>
        <translation>Von %1. Vorher lief v%2; rückgängig machbar.</translation>
    </message>
    <message>
        <source>By %1. The first version; it can be undone.</source>
        <translation>Von %1. Die erste Version; rückgängig machbar.</translation>
    </message>
    <message>
        <source>Rejected %1 v%2</source>
        <translation>%1 v%2 abgelehnt</translation>
    </message>
    <message>
        <source>By %1: “%2”</source>
        <translation>Von %1: „%2“</translation>
    </message>
    <message>
        <source>Undid the promotion of %1 v%2</source>
        <translation>Freigabe von %1 v%2 rückgängig gemacht</translation>
    </message>
    <message>
        <source>v%1 is live again.</source>
        <translation>v%1 läuft wieder.</translation>
    </message>
    <message>
        <source>Nothing of it is live.</source>
        <translation>Nichts davon läuft.</translation>
    </message>
    <message>
        <source>%1. %2 %3</source>
        <translation>%1. %2 %3</translation>
    </message>
    <message numerus="yes">
        <source>%n training(s) wait for %1</source>
        <translation>
            <numerusform>%n Training wartet auf %1</numerusform>
            <numerusform>%n Trainings warten auf %1</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>%1 waits: %2</source>
        <translation>%1 wartet: %2</translation>
    </message>
    <message>
        <source>%1 waits: %2 (%3 v%4)</source>
        <translation>%1 wartet: %2 (%3 v%4)</translation>
    </message>
    <message>
        <source>Others answer it: %1.</source>
        <translation>Andere beantworten es: %1.</translation>
    </message>
    <message>
        <source>May answer: %1.</source>
        <translation>Antworten dürfen: %1.</translation>
    </message>
    <message>
        <source>It gives up at %1 UTC.</source>
        <translation>Gibt um %1 UTC von selbst auf.</translation>
    </message>
    <message>
        <source>%1 What helps: %2.</source>
        <translation>%1 Was hilft: %2.</translation>
    </message>
    <message>
        <source>%1 takes too long</source>
        <translation>%1 dauert zu lange</translation>
    </message>
    <message>
        <source>%1 took too long</source>
        <translation>%1 hat zu lange gedauert</translation>
    </message>
    <message>
        <source>%1, limit %2.</source>
        <translation>%1, Grenze %2.</translation>
    </message>
    <message>
        <source>%1 did not begin</source>
        <translation>%1 hat nicht begonnen</translation>
    </message>
    <message>
        <source>Its schedule (%1) was due at %2 UTC, and no run is there.</source>
        <translation>Der Zeitplan (%1) war um %2 UTC fällig, und es gibt keinen Lauf.</translation>
    </message>
    <message>
        <source>Another run of it is under way.</source>
        <translation>Ein weiterer Lauf ist im Gange.</translation>
    </message>
    <message>
        <source>Open it for its log, or to run it again.</source>
        <translation>Geöffnet zeigt sie ihr Protokoll und kann wiederholt werden.</translation>
    </message>
</context>
<context>
    <name>Interrupted</name>
    <message>
        <source>Its process ended without a word: killed, or the machine went down.</source>
        <translation>Sein Prozess endete ohne ein Wort: beendet, oder der Rechner fiel aus.</translation>
    </message>
</context>
<context>
    <name>JoinedGates</name>
    <message>
        <source>%1 is none of the approvers that the workspace names.</source>
        <translation>%1 gehört nicht zu den Freigebenden, die der Arbeitsbereich nennt.</translation>
    </message>
    <message>
        <source>These may: %1.</source>
        <translation>Diese dürfen: %1.</translation>
    </message>
    <message>
        <source>The gate before %1 no longer waits.</source>
        <translation>Die Freigabe vor %1 wartet nicht mehr.</translation>
    </message>
    <message>
        <source>%1 started the training %2 and may not approve it.</source>
        <translation>%1 hat das Training %2 gestartet und darf es nicht freigeben.</translation>
    </message>
    <message>
        <source>Somebody else must (promotion: prevent_self_approval).</source>
        <translation>Das muss jemand anderes tun (promotion: prevent_self_approval).</translation>
    </message>
    <message>
        <source>%1 has answered already.</source>
        <translation>%1 hat bereits geantwortet.</translation>
    </message>
    <message>
        <source>%1 of %2 approvals are there.</source>
        <translation>%1 von %2 Freigaben liegen vor.</translation>
    </message>
    <message>
        <source>approval</source>
        <translation>Freigabe</translation>
    </message>
    <message>
        <source>Deploy version %1 of %2 by %3?</source>
        <translation>Version %1 von %2 mit %3 ausliefern?</translation>
    </message>
    <message>
        <source>Deploy what %1 made of %2 by %3?</source>
        <translation>Ausliefern, was %1 aus %2 gemacht hat, mit %3?</translation>
    </message>
    <message>
        <source>You started this training: somebody else must approve it.</source>
        <translation>Sie haben dieses Training gestartet: Jemand anderes muss es freigeben.</translation>
    </message>
    <message>
        <source>Promote version %1 of %2?</source>
        <translation>Version %1 von %2 befördern?</translation>
    </message>
    <message>
        <source>There is no gate “%1”.</source>
        <translation>Es gibt keine Freigabe „%1“.</translation>
    </message>
    <message>
        <source>Follows %1, approved by %2</source>
        <translation>Folgt auf %1, freigegeben von %2</translation>
    </message>
</context>
<context>
    <name>LiveQuality</name>
    <message>
        <source>too few labels: %1</source>
        <translation>zu wenige Labels: %1</translation>
    </message>
    <message>
        <source>labels are judged by target: name one, %1</source>
        <translation>Labels werden je Ziel beurteilt: eines nennen, %1</translation>
    </message>
    <message>
        <source>the served version does not forecast %1 beside other targets</source>
        <translation>die ausgelieferte Version sagt %1 nicht neben anderen Zielen vorher</translation>
    </message>
    <message>
        <source>%1 has no prediction log here: the workspace names no deployment of it on this machine.</source>
        <translation>%1 hat hier kein Vorhersageprotokoll: Der Arbeitsbereich nennt keine Bereitstellung davon auf diesem Rechner.</translation>
    </message>
</context>
<context>
    <name>ManagedAlerts</name>
    <message>
        <source>The connection “%1” has no Alertmanager.</source>
        <translation>Die Verbindung „%1“ hat keinen Alertmanager.</translation>
    </message>
    <message>
        <source>One of kind grafana has its own; one of kind prometheus names it: alertmanager: http://alertmanager:9093.</source>
        <translation>Eine der Art grafana hat ihren eigenen, eine der Art prometheus nennt ihn: alertmanager: http://alertmanager:9093.</translation>
    </message>
    <message>
        <source>The alerts of %1 cannot be told</source>
        <translation>Die Alarme von %1 lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>%1 fires (%2)</source>
        <translation>%1 schlägt an (%2)</translation>
    </message>
    <message>
        <source>“%1” is no matcher.</source>
        <translation>„%1“ ist keine Bedingung.</translation>
    </message>
    <message>
        <source>As in alertname=HighErrorRate, pod=~&quot;t2m-.*&quot;, team!=data.</source>
        <translation>Wie in alertname=HighErrorRate, pod=~&quot;t2m-.*&quot;, team!=data.</translation>
    </message>
    <message>
        <source>“%1” is no pattern: %2.</source>
        <translation>„%1“ ist kein Muster: %2.</translation>
    </message>
    <message>
        <source>The silence %1 is not there.</source>
        <translation>Die Stummschaltung %1 ist nicht da.</translation>
    </message>
    <message>
        <source>Silence %1 until %2</source>
        <translation>%1 bis %2 stummschalten</translation>
    </message>
    <message numerus="yes">
        <source>%n alerts that fire now are told to nobody</source>
        <translation>
            <numerusform>%n Alarm, der jetzt anschlägt, wird niemandem gemeldet</numerusform>
            <numerusform>%n Alarme, die jetzt anschlagen, werden niemandem gemeldet</numerusform>
        </translation>
    </message>
    <message>
        <source>the silence ends</source>
        <translation>die Stummschaltung endet</translation>
    </message>
    <message>
        <source>End the silence of %1</source>
        <translation>Die Stille von %1 beenden</translation>
    </message>
    <message>
        <source>what still fires is told again</source>
        <translation>was noch anschlägt, wird wieder gemeldet</translation>
    </message>
    <message>
        <source>it is made anew for the rest of its time</source>
        <translation>sie wird für den Rest ihrer Zeit neu gesetzt</translation>
    </message>
    <message>
        <source>%1 has no data (%2)</source>
        <translation>%1 hat keine Daten (%2)</translation>
    </message>
    <message>
        <source>%1 cannot be told (%2)</source>
        <translation>%1 lässt sich nicht sagen (%2)</translation>
    </message>
    <message>
        <source>Silence…</source>
        <translation>Stummschalten …</translation>
    </message>
    <message>
        <source>Retrain</source>
        <translation>Neu trainieren</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message>
        <source>begins %1</source>
        <translation>beginnt %1</translation>
    </message>
    <message>
        <source>hides nothing now</source>
        <translation>verbirgt gerade nichts</translation>
    </message>
</context>
<context>
    <name>ManagedRules</name>
    <message>
        <source>%1 cannot be told (%2)</source>
        <translation>%1 lässt sich nicht sagen (%2)</translation>
    </message>
    <message>
        <source>%1 has no data (%2)</source>
        <translation>%1 hat keine Daten (%2)</translation>
    </message>
    <message>
        <source>Its query fails there.</source>
        <translation>Ihre Abfrage schlägt dort fehl.</translation>
    </message>
    <message>
        <source>Its query gives nothing there.</source>
        <translation>Ihre Abfrage ergibt dort nichts.</translation>
    </message>
    <message>
        <source>%1 is pending (%2)</source>
        <translation>%1 steht an (%2)</translation>
    </message>
    <message>
        <source>%1 fires (%2)</source>
        <translation>%1 löst aus (%2)</translation>
    </message>
    <message>
        <source>%1 (fires after %2)</source>
        <translation>%1 (löst nach %2 aus)</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
</context>
<context>
    <name>Mirrors</name>
    <message>
        <source>%1 answers again.</source>
        <translation>%1 antwortet wieder.</translation>
    </message>
    <message>
        <source>Runs are in the registry of “%1” already.</source>
        <translation>Läufe stehen schon in der Registry von „%1“.</translation>
    </message>
    <message>
        <source>Run %1 is being sent to %2 by its training or by another program.</source>
        <translation>Lauf %1 wird gerade von seinem Training oder einem anderen Programm an %2 gesendet.</translation>
    </message>
    <message>
        <source>Run %1 was not ordered to go to %2.</source>
        <translation>Für Lauf %1 liegt kein Auftrag vor, ihn an %2 zu senden.</translation>
    </message>
    <message>
        <source>Run %1 is under way: its training sends it.</source>
        <translation>Lauf %1 ist im Gang: sein Training sendet ihn.</translation>
    </message>
    <message>
        <source>It was not given up.</source>
        <translation>Es wurde nicht aufgegeben.</translation>
    </message>
    <message>
        <source>It is not sent anew.</source>
        <translation>Es wird nicht neu gesendet.</translation>
    </message>
    <message>
        <source>1 training waits for %1: %2</source>
        <translation>1 Training wartet auf %1: %2</translation>
    </message>
    <message>
        <source>%1 trainings wait for %2: %3</source>
        <translation>%1 Trainings warten auf %2: %3</translation>
    </message>
    <message>
        <source>%1 is not reached: 1 training waits; it goes there when it answers.</source>
        <translation>%1 ist nicht erreichbar: 1 Training wartet; es wird gesendet, sobald der Server antwortet.</translation>
    </message>
    <message>
        <source>%1 is not reached: %2 trainings wait; they go there when it answers.</source>
        <translation>%1 ist nicht erreichbar: %2 Trainings warten; sie werden gesendet, sobald der Server antwortet.</translation>
    </message>
    <message>
        <source>1 training waits for %1; pilot registry sync sends it.</source>
        <translation>1 Training wartet auf %1; pilot registry sync sendet es.</translation>
    </message>
    <message>
        <source>%1 trainings wait for %2; pilot registry sync sends them.</source>
        <translation>%1 Trainings warten auf %2; pilot registry sync sendet sie.</translation>
    </message>
</context>
<context>
    <name>ModelFile</name>
    <message>
        <source>the answer about the file</source>
        <translation>die Antwort über die Datei</translation>
    </message>
    <message>
        <source>This program does not know the kind “%1”.</source>
        <translation>Dieses Programm kennt die Art „%1“ nicht.</translation>
    </message>
    <message>
        <source>Use a newer Pilothouse.</source>
        <translation>Ein neueres Pilothouse nehmen.</translation>
    </message>
</context>
<context>
    <name>ModelPlace</name>
    <message>
        <source>“%1” is registered for two models of the workspace: %2 and %3.</source>
        <translation>„%1“ ist für zwei Modelle des Arbeitsbereichs registriert: %2 und %3.</translation>
    </message>
    <message>
        <source>Give the workspace&apos;s name of the one that is meant.</source>
        <translation>Den Namen angeben, den der Arbeitsbereich dem gemeinten gibt.</translation>
    </message>
</context>
<context>
    <name>NewModel</name>
    <message>
        <source>line %1, column %2: %3</source>
        <translation>Zeile %1, Spalte %2: %3</translation>
    </message>
    <message>
        <source>The workspace has no model “%1”.</source>
        <translation>Der Arbeitsbereich hat kein Modell „%1“.</translation>
    </message>
    <message>
        <source>Model %1 has no recipe.</source>
        <translation>Modell %1 hat kein Rezept.</translation>
    </message>
    <message>
        <source>Open a data file to have one proposed.</source>
        <translation>Eine Datendatei öffnen, um eines vorgeschlagen zu bekommen.</translation>
    </message>
    <message>
        <source>Add model %1 with its recipe</source>
        <translation>Modell %1 mit seinem Rezept anlegen</translation>
    </message>
    <message>
        <source>Change the recipe of %1</source>
        <translation>Rezept von %1 ändern</translation>
    </message>
    <message>
        <source>replaces the recipe</source>
        <translation>ersetzt das Rezept</translation>
    </message>
    <message>
        <source>a new recipe</source>
        <translation>ein neues Rezept</translation>
    </message>
    <message>
        <source>the old text</source>
        <translation>der alte Text</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <source>The recipe was changed by somebody else meanwhile.</source>
        <translation>Das Rezept wurde inzwischen von jemand anderem geändert.</translation>
    </message>
    <message>
        <source>Open it again. Nothing was written.</source>
        <translation>Es noch einmal öffnen. Es wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>adds models: %1</source>
        <translation>fügt models: %1 hinzu</translation>
    </message>
    <message>
        <source>removes it</source>
        <translation>entfernt es</translation>
    </message>
    <message>
        <source>The model was written but is not in the file.</source>
        <translation>Das Modell wurde geschrieben, steht aber nicht in der Datei.</translation>
    </message>
</context>
<context>
    <name>OperationWays</name>
    <message>
        <source>Promotion %1 of %2 v%3 waits for a decision.</source>
        <translation>Die Freigabe %1 von %2 v%3 wartet auf eine Entscheidung.</translation>
    </message>
    <message>
        <source>Reject it first: pilot reject %1 --comment “…”.</source>
        <translation>Erst ablehnen: pilot reject %1 --comment „…“.</translation>
    </message>
    <message>
        <source>Nothing was sent.</source>
        <translation>Es wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>It was undone.</source>
        <translation>Sie wurde rückgängig gemacht.</translation>
    </message>
    <message>
        <source>It has not ended.</source>
        <translation>Sie ist nicht zu Ende.</translation>
    </message>
    <message>
        <source>It was settled by %1.</source>
        <translation>Erledigt durch %1.</translation>
    </message>
    <message>
        <source>A promotion is undone from its model.</source>
        <translation>Eine Freigabe wird bei ihrem Modell rückgängig gemacht.</translation>
    </message>
    <message>
        <source>This kind of operation keeps nothing by which it could be undone.</source>
        <translation>Diese Art von Operation hält nichts fest, womit sie rückgängig zu machen wäre.</translation>
    </message>
    <message>
        <source>Operation %1 is %2: there is nothing to undo.</source>
        <translation>Operation %1 ist %2: Es gibt nichts rückgängig zu machen.</translation>
    </message>
    <message>
        <source>Operation %1 is %2: there is nothing to go on with.</source>
        <translation>Operation %1 ist %2: Es gibt nichts fortzusetzen.</translation>
    </message>
    <message>
        <source>A promotion that failed was put back.</source>
        <translation>Eine gescheiterte Freigabe wurde zurückgestellt.</translation>
    </message>
    <message>
        <source>Ask for it again: pilot promote %1 VERSION.</source>
        <translation>Neu beantragen: pilot promote %1 VERSION.</translation>
    </message>
    <message>
        <source>Operation %1 was settled by %2 already.</source>
        <translation>Operation %1 ist schon durch %2 erledigt.</translation>
    </message>
    <message>
        <source>sent, but not seen</source>
        <translation>gesendet, aber nicht gesehen</translation>
    </message>
    <message>
        <source>Go on: pilot continue %1</source>
        <translation>Fortsetzen: pilot continue %1</translation>
    </message>
    <message>
        <source>Take back: pilot undo %1</source>
        <translation>Zurücknehmen: pilot undo %1</translation>
    </message>
    <message>
        <source>What was done: %1.</source>
        <translation>Was getan wurde: %1.</translation>
    </message>
    <message>
        <source>Operation %1 is under way in another program.</source>
        <translation>Operation %1 läuft in einem anderen Programm.</translation>
    </message>
    <message>
        <source>Wait until it ends, or end that program; then what it did is found.</source>
        <translation>Warten, bis sie endet, oder jenes Programm beenden; danach wird gefunden, was sie getan hat.</translation>
    </message>
    <message>
        <source>A promotion that was interrupted is finished or put back by the next program that opens the workspace as operator.</source>
        <translation>Eine unterbrochene Beförderung wird vom nächsten Programm, das den Arbeitsbereich als Operator öffnet, zu Ende geführt oder zurückgenommen.</translation>
    </message>
    <message>
        <source>An apply goes on by another one: what is there already is left alone.</source>
        <translation>Eine Anwendung wird durch eine weitere fortgesetzt: Was schon da ist, bleibt unberührt.</translation>
    </message>
    <message>
        <source>Apply the folder again: pilot rollouts apply DIR.</source>
        <translation>Den Ordner noch einmal anwenden: pilot rollouts apply DIR.</translation>
    </message>
    <message>
        <source>A change of a workload is made whole or not at all.</source>
        <translation>Eine Änderung eines Workloads wird ganz gemacht oder gar nicht.</translation>
    </message>
    <message>
        <source>Look at its history, then make it anew: pilot rollouts history.</source>
        <translation>Den Verlauf ansehen, dann neu machen: pilot rollouts history.</translation>
    </message>
</context>
<context>
    <name>PersonSignIn</name>
    <message>
        <source>There is no connection “%1”.</source>
        <translation>Es gibt keine Verbindung „%1“.</translation>
    </message>
    <message>
        <source>pilot connect list shows them.</source>
        <translation>pilot connect list zeigt sie.</translation>
    </message>
    <message>
        <source>Nobody signs in for the connection %1: it has no login: device.</source>
        <translation>Für die Verbindung %1 meldet sich niemand an: Sie hat kein login: device.</translation>
    </message>
    <message>
        <source>Only connections of kind azureml have such a login; those of an application keep its secret: pilot connect add … --secret-from-stdin.</source>
        <translation>Nur Verbindungen der Art azureml haben eine solche Anmeldung; die einer Anwendung halten ihr Geheimnis: pilot connect add … --secret-from-stdin.</translation>
    </message>
</context>
<context>
    <name>PipelineEvidence</name>
    <message>
        <source>The gate is about no version of a registry that is known here.</source>
        <translation>Das Tor betrifft keine Version einer Registry, die hier bekannt ist.</translation>
    </message>
    <message>
        <source>The program `pilot` was not found, which makes the evidence.</source>
        <translation>Das Programm `pilot`, das die Belege macht, wurde nicht gefunden.</translation>
    </message>
    <message>
        <source>Install it beside `pilothouse`, or set PILOTHOUSE_PILOT.</source>
        <translation>Neben `pilothouse` installieren oder PILOTHOUSE_PILOT setzen.</translation>
    </message>
    <message>
        <source>A rule of the workspace speaks against version %1 of %2: %3</source>
        <translation>Eine Regel des Arbeitsbereichs spricht gegen Version %1 von %2: %3</translation>
    </message>
    <message>
        <source>There is no evidence for version %1 of %2: %3</source>
        <translation>Für Version %1 von %2 gibt es keine Nachweise: %3</translation>
    </message>
    <message>
        <source>A gate of the pipeline of %1 is not passed: %2</source>
        <translation>Ein Gate der Pipeline von %1 ist nicht bestanden: %2</translation>
    </message>
</context>
<context>
    <name>PipelineSystems</name>
    <message>
        <source>A page came instead of an answer: this address wants a login in a browser.</source>
        <translation>Statt einer Antwort kam eine Seite: diese Adresse verlangt eine Anmeldung im Browser.</translation>
    </message>
    <message>
        <source>Give the connection a user and an API token, and the address behind the login page.</source>
        <translation>Der Verbindung einen Benutzer und ein API-Token geben und die Adresse hinter der Anmeldeseite.</translation>
    </message>
    <message>
        <source>Jenkins %1</source>
        <translation>Jenkins %1</translation>
    </message>
    <message>
        <source>This is no Jenkins: the header X-Jenkins is missing.</source>
        <translation>Das ist kein Jenkins: der Kopf X-Jenkins fehlt.</translation>
    </message>
    <message>
        <source>Check the address; behind a proxy it may need its path, as in https://host/jenkins.</source>
        <translation>Die Adresse prüfen; hinter einem Proxy braucht sie womöglich ihren Pfad, wie in https://host/jenkins.</translation>
    </message>
    <message>
        <source>not logged in: nobody&apos;s name is sent</source>
        <translation>nicht angemeldet: es wird kein Name gesendet</translation>
    </message>
    <message>
        <source>logged in as %1</source>
        <translation>angemeldet als %1</translation>
    </message>
    <message>
        <source>GitHub Enterprise %1</source>
        <translation>GitHub Enterprise %1</translation>
    </message>
    <message>
        <source>scopes: %1</source>
        <translation>Rechte des Tokens: %1</translation>
    </message>
    <message>
        <source>may write to %1/%2</source>
        <translation>darf in %1/%2 schreiben</translation>
    </message>
    <message>
        <source>may only read %1/%2</source>
        <translation>darf %1/%2 nur lesen</translation>
    </message>
    <message>
        <source>Kubeflow Pipelines (%1)</source>
        <translation>Kubeflow Pipelines (%1)</translation>
    </message>
    <message>
        <source>Kubeflow Pipelines %1 (%2)</source>
        <translation>Kubeflow Pipelines %1 (%2)</translation>
    </message>
    <message>
        <source>for several users: namespace %1</source>
        <translation>für mehrere Benutzer: Namensraum %1</translation>
    </message>
    <message numerus="yes">
        <source>%n pipeline(s)</source>
        <translation>
            <numerusform>%n Pipeline</numerusform>
            <numerusform>%n Pipelines</numerusform>
        </translation>
    </message>
    <message>
        <source>It answers: %1.</source>
        <translation>Antwortet: %1.</translation>
    </message>
</context>
<context>
    <name>PipelineWords</name>
    <message>
        <source>Failed: %1, attempt %2 of %3</source>
        <translation>Gescheitert: %1, Versuch %2 von %3</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>Gescheitert: %1</translation>
    </message>
    <message numerus="yes">
        <source>%1 and %n more</source>
        <translation>
            <numerusform>%1 und %n weitere</numerusform>
            <numerusform>%1 und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>%1, %2 of %3</source>
        <translation>%1, %2 von %3</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>Paused: %1</source>
        <translation>Angehalten: %1</translation>
    </message>
    <message>
        <source>Queued: joined with a start that waited already</source>
        <translation>In der Warteschlange: mit einem Start zusammengelegt, der schon wartete</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>In der Warteschlange</translation>
    </message>
    <message>
        <source>Unknown: %1</source>
        <translation>Unbekannt: %1</translation>
    </message>
    <message>
        <source>started by %1</source>
        <translation>gestartet von %1</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>von Hand</translation>
    </message>
    <message>
        <source>%1, queue item %2</source>
        <translation>%1, Warteschlange Nr. %2</translation>
    </message>
</context>
<context>
    <name>PodActions</name>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Workspace ist offen.</translation>
    </message>
    <message>
        <source>Open a shell</source>
        <translation>Shell öffnen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Choose a pod first.</source>
        <translation>Erst einen Pod wählen.</translation>
    </message>
    <message>
        <source>Forward a port…</source>
        <translation>Port weiterleiten…</translation>
    </message>
    <message>
        <source>Choose a pod or a service first.</source>
        <translation>Erst einen Pod oder Service wählen.</translation>
    </message>
    <message>
        <source>Port-forwards</source>
        <translation>Port-Weiterleitungen</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
</context>
<context>
    <name>PolicyEdit</name>
    <message>
        <source>The workspace has no model “%1”.</source>
        <translation>Der Arbeitsbereich hat kein Modell „%1“.</translation>
    </message>
    <message>
        <source>The policy of %1 is like this already.</source>
        <translation>Die Regel von %1 ist schon so.</translation>
    </message>
    <message>
        <source>Operation %1 is %2: there is nothing to undo.</source>
        <translation>Operation %1 ist %2: Es gibt nichts rückgängig zu machen.</translation>
    </message>
    <message>
        <source>Change the retraining policy of %1 in the workspace</source>
        <translation>Die Trainingsregel von %1 im Arbeitsbereich ändern</translation>
    </message>
    <message>
        <source>put it back</source>
        <translation>zurücksetzen</translation>
    </message>
    <message>
        <source>The workspace file has another policy for %1 now.</source>
        <translation>Die Arbeitsbereichsdatei hat jetzt eine andere Regel für %1.</translation>
    </message>
    <message>
        <source>Look at it and try again.</source>
        <translation>Sehen Sie es an und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <source>The workspace file was written by somebody else meanwhile.</source>
        <translation>Die Arbeitsbereichsdatei wurde inzwischen von jemand anderem geschrieben.</translation>
    </message>
</context>
<context>
    <name>PullRequests</name>
    <message>
        <source>No connection of kind github has the repository %1.</source>
        <translation>Keine Verbindung der Art github hat das Repository %1.</translation>
    </message>
    <message>
        <source>Add one with its owner and name, or open the pull request on its page.</source>
        <translation>Eine mit Eigentümer und Namen hinzufügen, oder den Pull Request auf seiner Seite öffnen.</translation>
    </message>
    <message>
        <source>The workspace has no connection “%1”.</source>
        <translation>Der Arbeitsbereich hat keine Verbindung „%1“.</translation>
    </message>
    <message>
        <source>Close the pull request on its page.</source>
        <translation>Den Pull Request auf seiner Seite schließen.</translation>
    </message>
</context>
<context>
    <name>QObject</name>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>done %1</source>
        <translation>fertig %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>turned back</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>seen on this step: %1 / %2 %</source>
        <translation>gesehen in diesem Schritt: %1 / %2 %</translation>
    </message>
    <message>
        <source>turned back above %1</source>
        <translation>wird zurückgenommen über %1</translation>
    </message>
    <message>
        <source>%1: share of rows, training against what was asked; PSI %2</source>
        <translation>%1: Zeilenanteil, Training gegen Anfragen; PSI %2</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>asked</source>
        <translation>angefragt</translation>
    </message>
    <message>
        <source>not trained yet</source>
        <translation>noch nicht trainiert</translation>
    </message>
    <message>
        <source>none live</source>
        <translation>keine live</translation>
    </message>
    <message>
        <source>, newest %1 old</source>
        <translation>, neueste %1 alt</translation>
    </message>
    <message>
        <source>in the registry only</source>
        <translation>nur in der Registry</translation>
    </message>
    <message>
        <source>Waits for approval</source>
        <translation>Wartet auf Zustimmung</translation>
    </message>
    <message>
        <source>no version</source>
        <translation>keine Version</translation>
    </message>
    <message>
        <source>next version</source>
        <translation>nächste Version</translation>
    </message>
    <message>
        <source>Requests per second of each version</source>
        <translation>Anfragen je Sekunde nach Version</translation>
    </message>
    <message>
        <source>Share of failed requests of each version</source>
        <translation>Anteil gescheiterter Anfragen nach Version</translation>
    </message>
    <message>
        <source>Mean error of each version over the answers whose labels have come</source>
        <translation>Mittlerer Fehler nach Version über die Antworten, deren Labels gekommen sind</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenze %1</translation>
    </message>
    <message>
        <source>%1 σ higher</source>
        <translation>%1 σ höher</translation>
    </message>
    <message>
        <source>%1 σ lower</source>
        <translation>%1 σ tiefer</translation>
    </message>
    <message>
        <source>density</source>
        <translation>Dichte</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Analysis</source>
        <translation>Analyse</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>ends</source>
        <translation>endet</translation>
    </message>
    <message>
        <source>waits %1</source>
        <translation>wartet %1</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>%1 % now</source>
        <translation>jetzt %1 %</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>passes %1 %2</source>
        <translation>besteht %1 %2</translation>
    </message>
    <message>
        <source>fails %1 %2</source>
        <translation>scheitert %1 %2</translation>
    </message>
    <message>
        <source>until promoted</source>
        <translation>bis zur Freigabe</translation>
    </message>
    <message>
        <source>next</source>
        <translation>als Nächstes</translation>
    </message>
    <message>
        <source>next, %1</source>
        <translation>als Nächstes, %1</translation>
    </message>
    <message>
        <source>Measurements of %1: %2</source>
        <translation>Messungen von %1: %2</translation>
    </message>
    <message>
        <source>not passed</source>
        <translation>nicht bestanden</translation>
    </message>
    <message>
        <source>%1 of %2 passed</source>
        <translation>%1 von %2 bestanden</translation>
    </message>
    <message>
        <source>%1 passed</source>
        <translation>%1 bestanden</translation>
    </message>
    <message>
        <source>%1 failed, %2 allowed</source>
        <translation>%1 gescheitert, %2 erlaubt</translation>
    </message>
    <message>
        <source>%1 inconclusive, %2 allowed</source>
        <translation>%1 ohne Ergebnis, %2 erlaubt</translation>
    </message>
    <message>
        <source>%1 not measured</source>
        <translation>%1 nicht gemessen</translation>
    </message>
    <message>
        <source>every %1</source>
        <translation>alle %1</translation>
    </message>
    <message>
        <source>dry run: not counted</source>
        <translation>Probelauf: zählt nicht</translation>
    </message>
    <message>
        <source>fails at %1</source>
        <translation>scheitert bei %1</translation>
    </message>
    <message>
        <source>Nothing measured yet.</source>
        <translation>Noch nichts gemessen.</translation>
    </message>
    <message>
        <source>revision %1, %2 %</source>
        <translation>Revision %1, %2 %</translation>
    </message>
    <message>
        <source>router: %1 / %2 %</source>
        <translation>Router: %1 / %2 %</translation>
    </message>
    <message>
        <source>by pods: %1 / %2 %</source>
        <translation>nach Pods: %1 / %2 %</translation>
    </message>
    <message>
        <source>, not verified yet</source>
        <translation>, noch nicht bestätigt</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <translation>%1, %2 %</translation>
    </message>
    <message>
        <source>Turned back: %1</source>
        <translation>Zurückgenommen: %1</translation>
    </message>
    <message>
        <source>Went on: %1</source>
        <translation>Weitergegangen: %1</translation>
    </message>
    <message>
        <source>Judged %1; needs at least %2 requests and %3 labelled rows of the canary, has %4 and %5.</source>
        <translation>Beurteilt %1; braucht mindestens %2 Anfragen und %3 Zeilen mit Label vom Canary, hat %4 und %5.</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>Schritt %1 von %2</translation>
    </message>
    <message>
        <source>canary %1 %</source>
        <translation>Canary %1 %</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>bereit</translation>
    </message>
    <message>
        <source>Set the image of %1</source>
        <translation>Image von %1 setzen</translation>
    </message>
    <message>
        <source>Restart %1</source>
        <translation>%1 neu starten</translation>
    </message>
    <message>
        <source>Pause %1</source>
        <translation>%1 anhalten</translation>
    </message>
    <message>
        <source>Resume %1</source>
        <translation>%1 fortsetzen</translation>
    </message>
    <message>
        <source>Scale %1</source>
        <translation>%1 skalieren</translation>
    </message>
    <message>
        <source>Undo %1 to revision %2</source>
        <translation>%1 auf Revision %2 zurücksetzen</translation>
    </message>
    <message>
        <source>Undo %1 to the revision before</source>
        <translation>%1 auf die Revision davor zurücksetzen</translation>
    </message>
    <message>
        <source>Variables of %1</source>
        <translation>Variablen von %1</translation>
    </message>
    <message>
        <source>Requests and limits of %1</source>
        <translation>Requests und Limits von %1</translation>
    </message>
    <message>
        <source>Set image</source>
        <translation>Image setzen</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>Neu starten</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>Skalieren</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Set variables</source>
        <translation>Variablen setzen</translation>
    </message>
    <message>
        <source>Set resources</source>
        <translation>Ressourcen setzen</translation>
    </message>
    <message>
        <source>Evidence of %1 v%2</source>
        <translation>Belege für %1 v%2</translation>
    </message>
</context>
<context>
    <name>Registries</name>
    <message>
        <source>The workspace has no connection “%1”.</source>
        <translation>Der Arbeitsbereich hat keine Verbindung „%1“.</translation>
    </message>
    <message>
        <source>See “pilot connect list”.</source>
        <translation>Siehe „pilot connect list“.</translation>
    </message>
    <message>
        <source>The connection “%1” is of kind %2: it is no model registry.</source>
        <translation>Die Verbindung „%1“ ist von der Art %2: Sie ist keine Registry.</translation>
    </message>
    <message>
        <source>The connection “%1” has no address.</source>
        <translation>Die Verbindung „%1“ hat keine Adresse.</translation>
    </message>
    <message>
        <source>Add url: https://host:port to it.</source>
        <translation>Ergänzen Sie dort url: https://host:port.</translation>
    </message>
    <message>
        <source>The connection “%1” is of kind %2: it is no MLflow server.</source>
        <translation>Die Verbindung „%1“ ist von der Art %2: Sie ist kein MLflow-Server.</translation>
    </message>
    <message>
        <source>Name one of kind mlflow or azureml.</source>
        <translation>Eine der Art mlflow oder azureml nennen.</translation>
    </message>
    <message>
        <source>The connection “%1” names “%2” for its artifacts, and that is no connection of kind s3.</source>
        <translation>Die Verbindung „%1“ nennt „%2“ für ihre Artefakte, und das ist keine Verbindung der Art s3.</translation>
    </message>
    <message>
        <source>Correct artifacts:, or add that connection.</source>
        <translation>artifacts: berichtigen oder diese Verbindung hinzufügen.</translation>
    </message>
    <message>
        <source>Add url with the MLflow tracking address of the workspace (azureml://…), or region, subscription, resource_group and workspace.</source>
        <translation>url mit der MLflow-Adresse des Arbeitsbereichs (azureml://…) ergänzen, oder region, subscription, resource_group und workspace.</translation>
    </message>
    <message>
        <source>The address of “%1” is not safe: its token would travel in the open.</source>
        <translation>Die Adresse von „%1“ ist nicht sicher: Das Token würde unverschlüsselt übertragen.</translation>
    </message>
    <message>
        <source>Write it with https:// or azureml://.</source>
        <translation>Mit https:// oder azureml:// schreiben.</translation>
    </message>
    <message>
        <source>The connection “%1” does not say who signs in.</source>
        <translation>Die Verbindung „%1“ sagt nicht, wer sich anmeldet.</translation>
    </message>
    <message>
        <source>Name one of kind local, mlflow, azureml or git.</source>
        <translation>Eine der Art local, mlflow, azureml oder git nennen.</translation>
    </message>
    <message>
        <source>Add tenant, client (the application&apos;s identifier) and secret (the name of its secret), or login: device for a person who signs in.</source>
        <translation>Tragen Sie tenant, client (die Kennung der Anwendung) und secret (den Namen ihres Geheimnisses) ein, oder login: device für einen Menschen, der sich anmeldet.</translation>
    </message>
</context>
<context>
    <name>Report</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>passes</source>
        <translation>besteht</translation>
    </message>
    <message>
        <source>warns</source>
        <translation>warnt</translation>
    </message>
    <message>
        <source>blocks</source>
        <translation>sperrt</translation>
    </message>
    <message>
        <source>waits</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>not run</source>
        <translation>nicht gelaufen</translation>
    </message>
    <message>
        <source>unknown, blocks</source>
        <translation>unbekannt, sperrt</translation>
    </message>
    <message>
        <source>better</source>
        <translation>besser</translation>
    </message>
    <message>
        <source>worse</source>
        <translation>schlechter</translation>
    </message>
    <message>
        <source>not distinguishable</source>
        <translation>nicht unterscheidbar</translation>
    </message>
    <message>
        <source>waiting for approval</source>
        <translation>wartet auf Zustimmung</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>being carried out</source>
        <translation>wird ausgeführt</translation>
    </message>
    <message>
        <source>carried out</source>
        <translation>ausgeführt</translation>
    </message>
    <message>
        <source>carried out and undone</source>
        <translation>ausgeführt und zurückgenommen</translation>
    </message>
    <message>
        <source>carried out and turned back</source>
        <translation>ausgeführt und zurückgedreht</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>none; compared with the naive baseline (%1)</source>
        <translation>keiner; verglichen mit der naiven Basislinie (%1)</translation>
    </message>
    <message>
        <source>Promotion</source>
        <translation>Freigabe</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>alias %1: %2 → v%3</source>
        <translation>Alias %1: %2 → v%3</translation>
    </message>
    <message>
        <source>Candidate, package SHA-256</source>
        <translation>Kandidat, Paket-SHA-256</translation>
    </message>
    <message>
        <source>Champion then</source>
        <translation>Champion damals</translation>
    </message>
    <message>
        <source>Champion, package SHA-256</source>
        <translation>Champion, Paket-SHA-256</translation>
    </message>
    <message>
        <source>Asked by</source>
        <translation>Beantragt von</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Decided</source>
        <translation>Entschieden</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Operation</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>Gates</source>
        <translation>Tore</translation>
    </message>
    <message>
        <source>No gate was judged: that blocks.</source>
        <translation>Kein Tor wurde beurteilt: das sperrt.</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Source of the limit</source>
        <translation>Herkunft der Grenze</translation>
    </message>
    <message>
        <source>Both models on the same rows</source>
        <translation>Beide Modelle auf denselben Zeilen</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Change (95 % interval)</source>
        <translation>Änderung (95-%-Intervall)</translation>
    </message>
    <message>
        <source>Verdict</source>
        <translation>Urteil</translation>
    </message>
    <message>
        <source>Change of each metric with its 95 % interval</source>
        <translation>Änderung jeder Metrik mit ihrem 95-%-Intervall</translation>
    </message>
    <message>
        <source>lower</source>
        <translation>niedriger</translation>
    </message>
    <message>
        <source>higher</source>
        <translation>höher</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Taken from</source>
        <translation>Genommen aus</translation>
    </message>
    <message>
        <source>Left out: the champion was trained on them</source>
        <translation>Ausgelassen: der Champion wurde damit trainiert</translation>
    </message>
    <message>
        <source>Left out: the champion cannot take them</source>
        <translation>Ausgelassen: der Champion kann sie nicht nehmen</translation>
    </message>
    <message>
        <source>Paired test</source>
        <translation>Gepaarter Test</translation>
    </message>
    <message>
        <source>Intervals</source>
        <translation>Intervalle</translation>
    </message>
    <message>
        <source>Computed</source>
        <translation>Berechnet</translation>
    </message>
    <message>
        <source>%1, in %2 s</source>
        <translation>%1, in %2 s</translation>
    </message>
    <message>
        <source>Distribution of the error, predicted minus true</source>
        <translation>Verteilung des Fehlers, vorhergesagt minus wahr</translation>
    </message>
    <message>
        <source>true class</source>
        <translation>wahre Klasse</translation>
    </message>
    <message>
        <source>as %1</source>
        <translation>als %1</translation>
    </message>
    <message>
        <source>Classes</source>
        <translation>Klassen</translation>
    </message>
    <message>
        <source>Rows by class, %1</source>
        <translation>Zeilen nach Klasse, %1</translation>
    </message>
    <message>
        <source>Calibration of “%1”</source>
        <translation>Kalibrierung von „%1“</translation>
    </message>
    <message>
        <source>How often the class came by the probability that was given for it</source>
        <translation>Wie oft die Klasse kam, nach der dafür genannten Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>Gruppe</translation>
    </message>
    <message>
        <source>too few rows</source>
        <translation>zu wenige Zeilen</translation>
    </message>
    <message>
        <source>Slices, by %1</source>
        <translation>Ausschnitte, nach %1</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>Drift</translation>
    </message>
    <message>
        <source>PSI</source>
        <translation>PSI</translation>
    </message>
    <message>
        <source>by chance</source>
        <translation>durch Zufall</translation>
    </message>
    <message>
        <source>Rows then</source>
        <translation>Zeilen damals</translation>
    </message>
    <message>
        <source>Rows now</source>
        <translation>Zeilen jetzt</translation>
    </message>
    <message>
        <source>high</source>
        <translation>hoch</translation>
    </message>
    <message>
        <source>moderate</source>
        <translation>mäßig</translation>
    </message>
    <message>
        <source>low</source>
        <translation>gering</translation>
    </message>
    <message>
        <source>Training data against the champion&apos;s</source>
        <translation>Trainingsdaten gegen die des Champions</translation>
    </message>
    <message>
        <source>%1 was not compared: %2</source>
        <translation>%1 wurde nicht verglichen: %2</translation>
    </message>
    <message>
        <source>Where the candidate comes from</source>
        <translation>Woher der Kandidat kommt</translation>
    </message>
    <message>
        <source>Nothing was recorded.</source>
        <translation>Nichts wurde festgehalten.</translation>
    </message>
    <message>
        <source>Approvals</source>
        <translation>Zustimmungen</translation>
    </message>
    <message>
        <source>%1 needed, %2 given.</source>
        <translation>%1 nötig, %2 gegeben.</translation>
    </message>
    <message>
        <source>Who asked for it or made the version may not approve it.</source>
        <translation>Wer sie beantragt oder die Version erstellt hat, darf nicht zustimmen.</translation>
    </message>
    <message>
        <source>Nobody has decided yet.</source>
        <translation>Noch niemand hat entschieden.</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Entscheidung</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Comment</source>
        <translation>Kommentar</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>zugestimmt</translation>
    </message>
    <message>
        <source>Kept with the decision of %1</source>
        <translation>Aufbewahrt mit der Entscheidung von %1</translation>
    </message>
    <message>
        <source>Call</source>
        <translation>Aufruf</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>Wirkung</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>What approving will do</source>
        <translation>Was die Zustimmung tun wird</translation>
    </message>
    <message>
        <source>Came to</source>
        <translation>Ausgang</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>Carried out: %1</source>
        <translation>Ausgeführt: %1</translation>
    </message>
    <message>
        <source>By %1 with %2, begun %3, ended %4 (%5).</source>
        <translation>Durch %1 mit %2, begonnen %3, beendet %4 (%5).</translation>
    </message>
    <message>
        <source>By %1 with %2, begun %3; the journal has no line of its end.</source>
        <translation>Durch %1 mit %2, begonnen %3; das Journal hat keine Zeile vom Ende.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Durch</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Rollout</source>
        <translation>Rollout</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>verifies</source>
        <translation>stimmt</translation>
    </message>
    <message>
        <source>does not verify</source>
        <translation>stimmt nicht</translation>
    </message>
    <message>
        <source>The journal here has no line of it.</source>
        <translation>Das Journal hier hat keine Zeile davon.</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Who, with</source>
        <translation>Wer, womit</translation>
    </message>
    <message>
        <source>Hash of the line, SHA-256</source>
        <translation>Hash der Zeile, SHA-256</translation>
    </message>
    <message>
        <source>the journal here holds none to compare with</source>
        <translation>das Journal hier hat keinen zum Vergleich</translation>
    </message>
    <message>
        <source>the same as the journal holds of the asking</source>
        <translation>derselbe, den das Journal vom Antrag hält</translation>
    </message>
    <message>
        <source>not the same as the journal holds of the asking: %1</source>
        <translation>nicht der, den das Journal vom Antrag hält: %1</translation>
    </message>
    <message>
        <source>Evidence, SHA-256</source>
        <translation>Belege, SHA-256</translation>
    </message>
    <message>
        <source>Only in the champion&apos;s card</source>
        <translation>Nur in der Karte des Champions</translation>
    </message>
    <message>
        <source>Only in the candidate&apos;s card</source>
        <translation>Nur in der Karte des Kandidaten</translation>
    </message>
    <message>
        <source>The cards are the same.</source>
        <translation>Die Karten sind gleich.</translation>
    </message>
    <message>
        <source>Model card of v%1</source>
        <translation>Modellkarte von v%1</translation>
    </message>
    <message>
        <source>It is not to be had: the package is not on this machine, or has none.</source>
        <translation>Sie ist nicht zu haben: Das Paket liegt nicht auf diesem Rechner oder hat keine.</translation>
    </message>
    <message>
        <source>What differs from the champion&apos;s card</source>
        <translation>Was sich von der Karte des Champions unterscheidet</translation>
    </message>
    <message>
        <source>Gates, figures and comments stand as they were recorded. The journal is checked by “pilot journal verify”: each line holds the hash of the one before it.</source>
        <translation>Tore, Zahlen und Kommentare stehen hier, wie sie festgehalten wurden. Das Journal prüft „pilot journal verify“: Jede Zeile trägt den Hash der vorigen.</translation>
    </message>
    <message>
        <source>Workspace %1. Made %2 by %3. All times are UTC.</source>
        <translation>Workspace %1. Erstellt %2 mit %3. Alle Zeiten in UTC.</translation>
    </message>
    <message>
        <source>How to check this</source>
        <translation>Wie sich das prüfen lässt</translation>
    </message>
    <message>
        <source>en</source>
        <comment>language of the report</comment>
        <translation>de</translation>
    </message>
    <message>
        <source>What was live when</source>
        <translation>Was wann live war</translation>
    </message>
    <message>
        <source>The alias %1 was never set in this time.</source>
        <translation>Der Alias %1 war in dieser Zeit nie gesetzt.</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>still</source>
        <translation>noch</translation>
    </message>
    <message>
        <source>outside Pilothouse</source>
        <translation>außerhalb von Pilothouse</translation>
    </message>
    <message>
        <source>Live versions over time</source>
        <translation>Live-Versionen im Lauf der Zeit</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Known from</source>
        <translation>Bekannt aus</translation>
    </message>
    <message>
        <source>journal line %1</source>
        <translation>Journalzeile %1</translation>
    </message>
    <message>
        <source>Every change</source>
        <translation>Jede Änderung</translation>
    </message>
    <message>
        <source>Nothing was changed in this time.</source>
        <translation>In dieser Zeit wurde nichts geändert.</translation>
    </message>
    <message>
        <source>Evidence report: %1 v%2 to %3</source>
        <translation>Nachweisbericht: %1 v%2 zu %3</translation>
    </message>
    <message>
        <source>Evidence report: model %1</source>
        <translation>Nachweisbericht: Modell %1</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Registry</translation>
    </message>
    <message>
        <source>Alias</source>
        <translation>Alias</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>Anfang</translation>
    </message>
    <message>
        <source>Until</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>The journal verifies.</source>
        <translation>Das Journal stimmt.</translation>
    </message>
    <message>
        <source>The journal does not verify.</source>
        <translation>Das Journal stimmt nicht.</translation>
    </message>
    <message>
        <source>Promotion %1: v%2 to %3</source>
        <translation>Freigabe %1: v%2 zu %3</translation>
    </message>
    <message>
        <source>The end of the time is not after its beginning.</source>
        <translation>Das Ende der Zeit liegt nicht nach ihrem Anfang.</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <comment>page</comment>
        <translation>%1 von %2</translation>
    </message>
</context>
<context>
    <name>ReportExport</name>
    <message>
        <source>The PDF could not be made.</source>
        <translation>Die PDF-Datei ließ sich nicht erstellen.</translation>
    </message>
    <message>
        <source>Export it as a page (.html) and print that.</source>
        <translation>Als Seite (.html) speichern und diese drucken.</translation>
    </message>
    <message>
        <source>Report saved</source>
        <translation>Bericht gespeichert</translation>
    </message>
    <message>
        <source>Page (*.html);;PDF (*.pdf)</source>
        <translation>Seite (*.html);;PDF (*.pdf)</translation>
    </message>
</context>
<context>
    <name>RolloutJudge</name>
    <message>
        <source>%1 points</source>
        <translation>%1 Punkte</translation>
    </message>
    <message>
        <source>%1 %2 worse on %3 labelled rows, interval %4</source>
        <translation>%1 %2 schlechter auf %3 Zeilen mit Label, Intervall %4</translation>
    </message>
    <message>
        <source>%1 %2 better on %3 labelled rows, interval %4</source>
        <translation>%1 %2 besser auf %3 Zeilen mit Label, Intervall %4</translation>
    </message>
    <message>
        <source>%1 not to be told apart on %2 labelled rows, interval %3</source>
        <translation>%1 nicht zu unterscheiden auf %2 Zeilen mit Label, Intervall %3</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>Canary</translation>
    </message>
    <message>
        <source>Canary failed %1 of %2 requests (%3, limit %4)</source>
        <translation>Canary scheiterte bei %1 von %2 Anfragen (%3, Grenzwert %4)</translation>
    </message>
    <message>
        <source>No labels yet; goes on without them in %1 s</source>
        <translation>Noch keine Labels; geht in %1 s ohne sie weiter</translation>
    </message>
    <message>
        <source>Waits for labels: %1 of %2 labelled rows; a person may promote</source>
        <translation>Wartet auf Labels: %1 von %2 Zeilen mit Label; eine Person darf weiterstellen</translation>
    </message>
    <message>
        <source>Waits for requests: %1 of %2 on the canary</source>
        <translation>Wartet auf Anfragen: %1 von %2 am Canary</translation>
    </message>
    <message>
        <source>No labels came; errors %1 of %2 requests</source>
        <translation>Es kamen keine Labels; Fehler bei %1 von %2 Anfragen</translation>
    </message>
    <message>
        <source>%1; goes on in %2 s</source>
        <translation>%1; geht in %2 s weiter</translation>
    </message>
    <message>
        <source>%1 not to be told apart on %2 labelled rows, too few for an interval</source>
        <translation>%1 auf %2 Zeilen mit wahrem Wert nicht zu unterscheiden, zu wenige für ein Intervall</translation>
    </message>
    <message>
        <source>Forecasts several targets, whose errors have different units: labels are not compared; a person may promote</source>
        <translation>Sagt mehrere Ziele vorher, deren Fehler verschiedene Einheiten haben: Labels werden nicht verglichen; eine Person darf weiterstellen</translation>
    </message>
    <message>
        <source>Canary answers in %1 ms, the stable version in %2 ms (p95, limit %3 times)</source>
        <translation>Canary antwortet in %1 ms, die stabile Version in %2 ms (p95, Grenze %3-fach)</translation>
    </message>
    <message>
        <source>Canary answers otherwise than the stable version: PSI %1 of their outputs on %2 and %3 rows (limit %4)</source>
        <translation>Canary antwortet anders als die stabile Version: PSI der Ausgaben %1 auf %2 und %3 Zeilen (Grenze %4)</translation>
    </message>
    <message>
        <source>Canary disagrees with the champion on %1 of %2 rows (%3, limit %4)</source>
        <translation>Canary widerspricht dem Champion bei %1 von %2 Zeilen (%3, Grenze %4)</translation>
    </message>
</context>
<context>
    <name>RolloutTargets</name>
    <message>
        <source>Nothing here rolls a version out to %1.</source>
        <translation>Nichts hier rollt eine Version auf %1 aus.</translation>
    </message>
    <message>
        <source>Write deployment/NAME, rollout/NAME or inferenceservice/NAME.</source>
        <translation>deployment/NAME, rollout/NAME oder inferenceservice/NAME schreiben.</translation>
    </message>
    <message>
        <source>Model %1 has no deployment.</source>
        <translation>Modell %1 hat kein Deployment.</translation>
    </message>
    <message>
        <source>Add `deployment: {connection: local, target: serving/%1}` to the workspace.</source>
        <translation>`deployment: {connection: local, target: serving/%1}` in den Workspace schreiben.</translation>
    </message>
    <message>
        <source>it has loaded no model</source>
        <translation>es hat kein Modell geladen</translation>
    </message>
    <message>
        <source>it says “%1” of itself</source>
        <translation>es sagt „%1“ von sich</translation>
    </message>
</context>
<context>
    <name>RunRetries</name>
    <message>
        <source>Attempt %1 of %2</source>
        <translation>Versuch %1 von %2</translation>
    </message>
    <message>
        <source>; the next was not started: %1</source>
        <translation>; der nächste wurde nicht gestartet: %1</translation>
    </message>
    <message>
        <source>; the next in %1 min</source>
        <translation>; der nächste in %1 min</translation>
    </message>
    <message>
        <source>; the next now</source>
        <translation>; der nächste jetzt</translation>
    </message>
    <message>
        <source>started on the branch %1</source>
        <translation>auf dem Zweig %1 gestartet</translation>
    </message>
    <message>
        <source>started with %1=%2</source>
        <translation>mit %1=%2 gestartet</translation>
    </message>
    <message>
        <source>another run has begun</source>
        <translation>ein anderer Lauf hat begonnen</translation>
    </message>
    <message>
        <source>it was cancelled, so no other follows</source>
        <translation>er wurde abgebrochen, also folgt kein weiterer</translation>
    </message>
    <message>
        <source>no other follows</source>
        <translation>kein weiterer folgt</translation>
    </message>
    <message>
        <source>it was %1, not as the workspace says it, so it is not tried again</source>
        <translation>er wurde %1, nicht wie im Arbeitsbereich angegeben, und wird daher nicht wiederholt</translation>
    </message>
    <message>
        <source>it failed too long ago to be tried again</source>
        <translation>er ist vor zu langer Zeit fehlgeschlagen, um wiederholt zu werden</translation>
    </message>
</context>
<context>
    <name>RunWatch</name>
    <message>
        <source>Start it</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>%1 passed, but %2</source>
        <translation>%1 ist durch, aber %2</translation>
    </message>
</context>
<context>
    <name>SecretSources</name>
    <message>
        <source>The secret %1 has no key “%2”.</source>
        <translation>Das Geheimnis %1 hat keinen Schlüssel „%2“.</translation>
    </message>
    <message>
        <source>It has: %1.</source>
        <translation>Es hat: %1.</translation>
    </message>
    <message>
        <source>The value of %1 is no text (%2 bytes).</source>
        <translation>Der Wert von %1 ist kein Text (%2 Bytes).</translation>
    </message>
    <message>
        <source>kubectl get secret %1 -o jsonpath=&apos;{.data}&apos; gives it in base64.</source>
        <translation>kubectl get secret %1 -o jsonpath=&apos;{.data}&apos; gibt ihn in Base64.</translation>
    </message>
</context>
<context>
    <name>ServiceTraffic</name>
    <message>
        <source>The Rollouts panel tells of a local endpoint.</source>
        <translation>Von einem Endpunkt auf diesem Rechner erzählt die Ansicht Rollouts.</translation>
    </message>
    <message>
        <source>the logs of the pods of %1</source>
        <translation>den Logs der Pods von %1</translation>
    </message>
    <message>
        <source>%1 lines came quicker than they could be read</source>
        <translation>%1 Zeilen kamen schneller, als sie gelesen werden konnten</translation>
    </message>
    <message>
        <source>The workspace has no connection of kind elasticsearch.</source>
        <translation>Der Workspace hat keine Verbindung der Art elasticsearch.</translation>
    </message>
    <message>
        <source>There are several connections of kind elasticsearch: %1.</source>
        <translation>Es gibt mehrere Verbindungen der Art elasticsearch: %1.</translation>
    </message>
    <message>
        <source>Elasticsearch knows no request of it</source>
        <translation>Elasticsearch kennt keine Anfrage daran</translation>
    </message>
    <message>
        <source>the prediction log of %1</source>
        <translation>das Vorhersageprotokoll von %1</translation>
    </message>
    <message>
        <source>the newest %1 requests</source>
        <translation>die neuesten %1 Anfragen</translation>
    </message>
</context>
<context>
    <name>Services</name>
    <message>
        <source>The keychain was not opened: the journal is kept, its head is not authenticated.</source>
        <translation>Der Schlüsselbund wurde nicht geöffnet: Das Journal wird geführt, sein Kopf ist nicht beglaubigt.</translation>
    </message>
    <message>
        <source>No keychain here: the journal is kept, its head is not authenticated. Set PILOTHOUSE_SECRET_JOURNAL_KEY_%1 to change that.</source>
        <translation>Hier gibt es keinen Schlüsselbund: Das Journal wird geführt, sein Kopf ist nicht beglaubigt. PILOTHOUSE_SECRET_JOURNAL_KEY_%1 setzen, um das zu ändern.</translation>
    </message>
    <message>
        <source>The workspace has no local connection.</source>
        <translation>Der Arbeitsbereich hat keine lokale Verbindung.</translation>
    </message>
    <message>
        <source>Add `connections: {local: {kind: local, root: …}}`, or run `pilot connect add local --kind local --root DIR`.</source>
        <translation>`connections: {local: {kind: local, root: …}}` eintragen oder `pilot connect add local --kind local --root DIR` ausführen.</translation>
    </message>
    <message>
        <source>Model %1 is rolled out by its deploy run.</source>
        <translation>Modell %1 wird durch seinen Auslieferungslauf ausgerollt.</translation>
    </message>
</context>
<context>
    <name>Skew</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>%1 loaded its model at %2, before the alias moved at %3.</source>
        <translation>%1 hat sein Modell %2 geladen, bevor der Alias %3 versetzt wurde.</translation>
    </message>
    <message>
        <source>%1 says “%2”: it serves the file in its image, and its checksum is not that of %3.</source>
        <translation>%1 sagt „%2“: Es bedient die Datei in seinem Image, und deren Prüfsumme ist nicht die von %3.</translation>
    </message>
    <message>
        <source>The weights that %1 has loaded have the checksum %2…, those of %3 have %4….</source>
        <translation>Die Gewichte, die %1 geladen hat, haben die Prüfsumme %2…, die von %3 haben %4….</translation>
    </message>
    <message>
        <source>Its storageUri is %1: that is %2.</source>
        <translation>Seine storageUri ist %1: das ist %2.</translation>
    </message>
    <message>
        <source>another run</source>
        <translation>ein anderer Lauf</translation>
    </message>
    <message>
        <source>Its storageUri is %1: no version of %2 comes from there.</source>
        <translation>Seine storageUri ist %1: Keine Version von %2 kommt von dort.</translation>
    </message>
    <message>
        <source>a file</source>
        <translation>eine Datei</translation>
    </message>
    <message>
        <source>%1 says “%2”: it serves the file in its image, because it could not read the registry.</source>
        <translation>%1 sagt „%2“: Es bedient die Datei in seinem Image, weil es die Registry nicht lesen konnte.</translation>
    </message>
    <message>
        <source>%1 runs the image %2, for %3 the image %4 was built.</source>
        <translation>%1 läuft mit dem Image %2, für %3 wurde das Image %4 gebaut.</translation>
    </message>
    <message>
        <source>%1 loaded it at %2, after the alias moved: it is told this version in another place.</source>
        <translation>%1 hat sie %2 geladen, nachdem der Alias versetzt wurde: Diese Version wird ihm an anderer Stelle genannt.</translation>
    </message>
    <message>
        <source>%1 says so itself; when it loaded it, it does not say.</source>
        <translation>%1 sagt es selbst; wann es sie geladen hat, sagt es nicht.</translation>
    </message>
    <message>
        <source>%1 says %2, which is a name and no version, and not when it loaded it.</source>
        <translation>%1 sagt %2: das ist ein Name und keine Version; wann es sie geladen hat, sagt es nicht.</translation>
    </message>
    <message>
        <source>%1 does not say what it serves.</source>
        <translation>%1 sagt nicht, was es bedient.</translation>
    </message>
    <message>
        <source>%1 says %2, which no version of %3 is called.</source>
        <translation>%1 sagt %2; so heißt keine Version von %3.</translation>
    </message>
    <message>
        <source>Roll %1 out, or undo the promotion.</source>
        <translation>%1 ausrollen oder die Freigabe zurücknehmen.</translation>
    </message>
    <message>
        <source>Let the service reach the registry (address, login, network) and restart it; or build an image with %1.</source>
        <translation>Den Dienst die Registry erreichen lassen (Adresse, Anmeldung, Netz) und neu starten; oder ein Image mit %1 bauen.</translation>
    </message>
    <message>
        <source>Restart it: it loads the model at its start.</source>
        <translation>Neu starten: Das Modell wird beim Start geladen.</translation>
    </message>
    <message>
        <source>Set its storageUri to the artifact of %1%2.</source>
        <translation>Seine storageUri auf das Artefakt von %1 setzen%2.</translation>
    </message>
    <message>
        <source>Write the weights of %1 to its volume anew (beside, then rename) and restart it.</source>
        <translation>Die Gewichte von %1 neu auf sein Volume schreiben (daneben, dann umbenennen) und neu starten.</translation>
    </message>
    <message>
        <source>Deploy the image that was built for %1.</source>
        <translation>Das Image ausrollen, das für %1 gebaut wurde.</translation>
    </message>
    <message>
        <source>Restart the replicas that are behind, one after the other; if they come up the same, look at their configuration.</source>
        <translation>Die zurückgebliebenen Replikate nacheinander neu starten; kommen sie ebenso wieder hoch, ihre Konfiguration ansehen.</translation>
    </message>
    <message>
        <source>Look where the service is told its version (environment, configuration), and deploy %1; or promote what it serves.</source>
        <translation>Nachsehen, wo dem Dienst die Version genannt wird (Umgebung, Konfiguration), und %1 ausrollen; oder freigeben, was er bedient.</translation>
    </message>
    <message>
        <source>alias v%1, canary is v%2</source>
        <translation>Alias v%1, Canary ist v%2</translation>
    </message>
    <message>
        <source>%1 is rolling out another version.</source>
        <translation>%1 rollt eine andere Version aus.</translation>
    </message>
    <message>
        <source>Let that rollout end or abort it, then roll out v%1.</source>
        <translation>Diesen Rollout enden lassen oder abbrechen, dann v%1 ausrollen.</translation>
    </message>
    <message>
        <source>rollout of v%1 waits at %2 %</source>
        <translation>Rollout von v%1 wartet bei %2 %</translation>
    </message>
    <message>
        <source>rollout of v%1 is at %2 %</source>
        <translation>Rollout von v%1 ist bei %2 %</translation>
    </message>
    <message>
        <source>%1 does not answer.</source>
        <translation>%1 antwortet nicht.</translation>
    </message>
    <message>
        <source>%1 serves nothing yet.</source>
        <translation>%1 bedient noch nichts.</translation>
    </message>
    <message>
        <source>alias v%1, endpoint serves v%2</source>
        <translation>Alias v%1, Endpunkt bedient v%2</translation>
    </message>
    <message>
        <source>All traffic of %1 is on v%2, and no rollout is under way.</source>
        <translation>Der ganze Verkehr von %1 geht an v%2, und kein Rollout ist im Gang.</translation>
    </message>
    <message>
        <source>The alias %1 points nowhere.</source>
        <translation>Der Alias %1 zeigt nirgendwohin.</translation>
    </message>
    <message>
        <source>Nothing tells what is served: the workspace names neither a rollout target nor an endpoint that was asked.</source>
        <translation>Nichts sagt, was bedient wird: Der Workspace nennt weder ein Rollout-Ziel noch einen Endpunkt, der gefragt wurde.</translation>
    </message>
    <message>
        <source>alias v%1, replicas serve %2</source>
        <translation>Alias v%1, Replikate bedienen %2</translation>
    </message>
    <message>
        <source>alias v%1, endpoint serves something else</source>
        <translation>Alias v%1, Endpunkt bedient etwas anderes</translation>
    </message>
    <message>
        <source>alias v%1, endpoint serves %2</source>
        <translation>Alias v%1, Endpunkt bedient %2</translation>
    </message>
    <message>
        <source>%1 runs %2, and that tag names other bytes in the registry now (%3) than when it was pulled.</source>
        <translation>%1 führt %2 aus, und dieses Tag nennt in der Registry jetzt andere Bytes (%3) als zu der Zeit, als es geholt wurde.</translation>
    </message>
    <message>
        <source> It runs since %1.</source>
        <translation> Er läuft seit %1.</translation>
    </message>
    <message>
        <source>%1 runs since %2, and the alias moved at %3: it has the model that it loaded at its start.</source>
        <translation>%1 läuft seit %2, und der Alias wechselte um %3: er hat das Modell, das er beim Start geladen hat.</translation>
    </message>
    <message>
        <source>%1 runs an image that does not tell which version it serves.</source>
        <translation>%1 führt ein Image aus, das nicht sagt, welche Version es bedient.</translation>
    </message>
    <message>
        <source>Pull the image anew (imagePullPolicy: Always, then a restart); better, name it by its digest.</source>
        <translation>Das Image neu holen (imagePullPolicy: Always, dann neu starten); besser, es mit seinem Digest nennen.</translation>
    </message>
    <message>
        <source>alias v%1, replicas serve something else</source>
        <translation>Alias v%1, Replikate bedienen etwas anderes</translation>
    </message>
    <message>
        <source>alias v%1, its pods run another image</source>
        <translation>Alias v%1, seine Pods führen ein anderes Image aus</translation>
    </message>
    <message>
        <source>alias v%1, its pods run since before</source>
        <translation>Alias v%1, seine Pods laufen schon länger</translation>
    </message>
    <message>
        <source> So do %1 others.</source>
        <translation> Ebenso %1 andere.</translation>
    </message>
    <message>
        <source>Which version %1 serves is not known: nothing says for which its image was built.</source>
        <translation>Welche Version %1 bedient, ist nicht bekannt: nichts sagt, für welche sein Image gebaut wurde.</translation>
    </message>
</context>
<context>
    <name>SloWords</name>
    <message>
        <source>Promise kept</source>
        <translation>Versprechen gehalten</translation>
    </message>
    <message>
        <source>Promise broken</source>
        <translation>Versprechen gebrochen</translation>
    </message>
    <message>
        <source>Availability %1 %, promised %2 %; %3 of the failures that it allows in the last hour.</source>
        <translation>Verfügbarkeit %1 %, versprochen %2 %; %3 der Fehlschläge, die das in der letzten Stunde erlaubt.</translation>
    </message>
    <message>
        <source>Latency p95 within %1 ms promised: above it in %2 of %3 stretches, one of twenty is allowed.</source>
        <translation>Latenz p95 innerhalb von %1 ms versprochen: darüber in %2 von %3 Abschnitten, einer von zwanzig ist erlaubt.</translation>
    </message>
</context>
<context>
    <name>Snapshot</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
</context>
<context>
    <name>StageMarks</name>
    <message>
        <source>%1× its median %2</source>
        <translation>%1× des Medians %2</translation>
    </message>
    <message>
        <source>attempt %1: %2</source>
        <translation>Versuch %1: %2</translation>
    </message>
    <message>
        <source>s</source>
        <translation>s</translation>
    </message>
    <message>
        <source>median %1</source>
        <translation>Median %1</translation>
    </message>
    <message>
        <source>Time of stage %1 over the last %2 runs, median %3</source>
        <translation>Dauer der Stufe %1 über die letzten %2 Läufe, Median %3</translation>
    </message>
    <message>
        <source>passed</source>
        <translation>bestanden</translation>
    </message>
    <message>
        <source>this run</source>
        <translation>dieser Lauf</translation>
    </message>
    <message>
        <source>cancelled or skipped</source>
        <translation>abgebrochen oder übersprungen</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>Time of the whole run over the last %1 runs: %2 failed, %3 tried more than once</source>
        <translation>Dauer des ganzen Laufs über die letzten %1 Läufe: %2 fehlgeschlagen, %3 mehr als einmal versucht</translation>
    </message>
    <message>
        <source>, median of those that passed %1</source>
        <translation>, Median der bestandenen %1</translation>
    </message>
</context>
<context>
    <name>TrainingPlace</name>
    <message>
        <source>%1 is to be trained in a cluster, and the workspace has none.</source>
        <translation>%1 soll in einem Cluster trainiert werden, und der Arbeitsbereich hat keinen.</translation>
    </message>
    <message>
        <source>%1 is to be trained in a cluster, and the workspace has several: %2.</source>
        <translation>%1 soll in einem Cluster trainiert werden, und der Arbeitsbereich hat mehrere: %2.</translation>
    </message>
    <message>
        <source>Name its connection: retrain: {executor: CONNECTION}.</source>
        <translation>Seine Verbindung nennen: retrain: {executor: CONNECTION}.</translation>
    </message>
    <message>
        <source>Nothing says with which image %1 is trained in the cluster.</source>
        <translation>Nichts sagt, mit welchem Image %1 im Cluster trainiert wird.</translation>
    </message>
    <message>
        <source>Add it to the model: pipeline: {connection: %1, image: …}; packaging/image makes one with pilot.</source>
        <translation>Es beim Modell ergänzen: pipeline: {connection: %1, image: …}; packaging/image macht eines mit pilot.</translation>
    </message>
</context>
<context>
    <name>Vaults</name>
    <message>
        <source>The secret was changed meanwhile: it is at version %1, not %2.</source>
        <translation>Das Geheimnis wurde inzwischen geändert: Es steht bei Version %1, nicht %2.</translation>
    </message>
    <message>
        <source>Look at it and try again.</source>
        <translation>Ansehen und erneut versuchen.</translation>
    </message>
    <message>
        <source>The connection “%1” has no address.</source>
        <translation>Die Verbindung „%1“ hat keine Adresse.</translation>
    </message>
    <message>
        <source>Add url: https://host:port to it.</source>
        <translation>url: https://host:port ergänzen.</translation>
    </message>
    <message>
        <source>The connection “%1” names no secret for its login by %2.</source>
        <translation>Die Verbindung „%1“ nennt kein Geheimnis für ihre Anmeldung mit %2.</translation>
    </message>
    <message>
        <source>Add secret: NAME; its value belongs in the keychain.</source>
        <translation>secret: NAME ergänzen; der Wert gehört in den Schlüsselbund.</translation>
    </message>
    <message>
        <source>The connection “%1” does not say who logs in.</source>
        <translation>Die Verbindung „%1“ sagt nicht, wer sich anmeldet.</translation>
    </message>
    <message>
        <source>Add user: NAME (with approle: the role id).</source>
        <translation>user: NAME ergänzen (bei approle: die Role-ID).</translation>
    </message>
    <message>
        <source>The connection “%1” names no role for its login by %2.</source>
        <translation>Die Verbindung „%1“ nennt keine Rolle für ihre Anmeldung mit %2.</translation>
    </message>
    <message>
        <source>Add role: NAME.</source>
        <translation>role: NAME ergänzen.</translation>
    </message>
    <message>
        <source>“%1” does not name one key of a secret.</source>
        <translation>„%1“ benennt nicht einen Schlüssel eines Geheimnisses.</translation>
    </message>
    <message>
        <source>Write vault:CONNECTION/path#key, without a version.</source>
        <translation>vault:VERBINDUNG/pfad#schlüssel schreiben, ohne Version.</translation>
    </message>
    <message>
        <source>Replace the key %1 of the secret %2 in Vault %3</source>
        <translation>Den Schlüssel %1 des Geheimnisses %2 im Vault %3 ersetzen</translation>
    </message>
    <message>
        <source>Write the key %1 of the secret %2 in Vault %3</source>
        <translation>Den Schlüssel %1 des Geheimnisses %2 im Vault %3 schreiben</translation>
    </message>
    <message>
        <source>version %1 → %2, key %3, the other keys stay</source>
        <translation>Version %1 → %2, Schlüssel %3, die anderen Schlüssel bleiben</translation>
    </message>
    <message>
        <source>key %1, the other keys stay</source>
        <translation>Schlüssel %1, die anderen Schlüssel bleiben</translation>
    </message>
    <message>
        <source>write back what was there</source>
        <translation>zurückschreiben, was dort stand</translation>
    </message>
    <message>
        <source>delete it</source>
        <translation>löschen</translation>
    </message>
    <message>
        <source>The Vault does not hold what was written.</source>
        <translation>Der Vault enthält nicht, was geschrieben wurde.</translation>
    </message>
</context>
<context>
    <name>WatchPresence</name>
    <message>
        <source>“pilot watch --install” writes a service that does it, “pilot watch” does it in a terminal.</source>
        <translation>„pilot watch --install“ schreibt einen Dienst, der es tut, „pilot watch“ tut es in einem Terminal.</translation>
    </message>
    <message>
        <source>No rule has been evaluated yet, so none can fire: pilot watch does not run. %1</source>
        <translation>Noch keine Regel wurde ausgewertet, also kann keine auslösen: pilot watch läuft nicht. %1</translation>
    </message>
    <message numerus="yes">
        <source>%n minutes</source>
        <translation>
            <numerusform>%n Minute</numerusform>
            <numerusform>%n Minuten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hours</source>
        <translation>
            <numerusform>%n Stunde</numerusform>
            <numerusform>%n Stunden</numerusform>
        </translation>
    </message>
    <message>
        <source>pilot watch runs, but has evaluated none for %1. Its output says why; start it again.</source>
        <translation>pilot watch läuft, hat aber seit %1 keine ausgewertet. Seine Ausgabe sagt, warum; neu starten.</translation>
    </message>
    <message>
        <source>The last was evaluated %1 ago, and pilot watch does not run. %2</source>
        <translation>Die letzte wurde vor %1 ausgewertet, und pilot watch läuft nicht. %2</translation>
    </message>
    <message>
        <source>Nobody evaluates the alert rules</source>
        <translation>Niemand wertet die Alarmregeln aus</translation>
    </message>
</context>
<context>
    <name>Webhooks</name>
    <message>
        <source>Send an example event to the webhook %1</source>
        <translation>Ein Beispielereignis an den Webhook %1 senden</translation>
    </message>
    <message>
        <source>an example event goes to %1</source>
        <translation>ein Beispielereignis geht an %1</translation>
    </message>
    <message>
        <source>The webhook %1 is gone.</source>
        <translation>Den Webhook %1 gibt es nicht mehr.</translation>
    </message>
    <message>
        <source>Nothing was sent. Look again.</source>
        <translation>Es wurde nichts gesendet. Noch einmal nachsehen.</translation>
    </message>
    <message>
        <source>The server could not deliver the event to %1.</source>
        <translation>Der Server konnte das Ereignis nicht an %1 zustellen.</translation>
    </message>
    <message>
        <source>Check the webhook&apos;s address, and that the server may reach it.</source>
        <translation>Die Adresse des Webhooks prüfen, und ob der Server sie erreichen darf.</translation>
    </message>
    <message>
        <source>The receiver at %1 did not take the event: it answered %2.</source>
        <translation>Der Empfänger bei %1 hat das Ereignis nicht angenommen: Er antwortete mit %2.</translation>
    </message>
    <message>
        <source>Look at the receiver&apos;s log and at the webhook&apos;s secret.</source>
        <translation>Das Protokoll des Empfängers und das Geheimnis des Webhooks ansehen.</translation>
    </message>
</context>
<context>
    <name>WhatIf</name>
    <message>
        <source>There is no row to ask for.</source>
        <translation>Es gibt keine Zeile, nach der gefragt werden könnte.</translation>
    </message>
    <message>
        <source>No temporary folder can be made.</source>
        <translation>Es lässt sich kein temporärer Ordner anlegen.</translation>
    </message>
    <message>
        <source>The version answered %1 predictions for %2 rows.</source>
        <translation>Die Version gab %1 Vorhersagen für %2 Zeilen.</translation>
    </message>
    <message>
        <source>The endpoint&apos;s answer holds no number: %1</source>
        <translation>Die Antwort des Endpunkts enthält keine Zahl: %1</translation>
    </message>
    <message>
        <source>Change the profile&apos;s output pointer.</source>
        <translation>Den Ausgabezeiger des Profils ändern.</translation>
    </message>
</context>
<context>
    <name>Why</name>
    <message>
        <source>No temporary folder can be made.</source>
        <translation>Es lässt sich kein temporärer Ordner anlegen.</translation>
    </message>
    <message>
        <source>the explanation</source>
        <translation>die Erklärung</translation>
    </message>
    <message>
        <source>The answer explains something else than was asked for.</source>
        <translation>Die Antwort erklärt etwas anderes als gefragt war.</translation>
    </message>
</context>
<context>
    <name>WorkflowDeployer</name>
    <message>
        <source>The pipeline %1 has no input for a tag, and “%2” is none of its branches and tags.</source>
        <translation>Die Pipeline %1 hat keine Eingabe für ein Tag, und „%2“ ist keiner ihrer Branches und keines ihrer Tags.</translation>
    </message>
    <message>
        <source>Write deploy_parameters: {INPUT: &quot;{tag}&quot;} into the model&apos;s pipeline, or push the tag.</source>
        <translation>deploy_parameters: {INPUT: &quot;{tag}&quot;} in die Pipeline des Modells schreiben, oder das Tag pushen.</translation>
    </message>
    <message>
        <source>The model “%1” names no pipeline that deploys it.</source>
        <translation>Das Modell „%1“ nennt keine Pipeline, die es ausrollt.</translation>
    </message>
    <message>
        <source>Write pipeline: {deploy: deploy.yml, deploy_connection: …} into the workspace.</source>
        <translation>pipeline: {deploy: deploy.yml, deploy_connection: …} in den Arbeitsbereich schreiben.</translation>
    </message>
    <message>
        <source>The workspace has no model “%1”.</source>
        <translation>Der Arbeitsbereich hat kein Modell „%1“.</translation>
    </message>
    <message>
        <source>The journal does not say what ran before %1.</source>
        <translation>Das Journal sagt nicht, was vor %1 lief.</translation>
    </message>
    <message>
        <source>Deploy the tag that is wanted.</source>
        <translation>Das gewünschte Tag ausrollen.</translation>
    </message>
    <message>
        <source>workflow %1</source>
        <translation>Workflow %1</translation>
    </message>
    <message>
        <source>The run %1 did not deploy: it is %2.</source>
        <translation>Der Lauf %1 hat nicht ausgerollt: er ist %2.</translation>
    </message>
    <message>
        <source>Look at its log.</source>
        <translation>Sein Protokoll ansehen.</translation>
    </message>
</context>
<context>
    <name>WorkloadMetrics</name>
    <message>
        <source>revision %1</source>
        <translation>Revision %1</translation>
    </message>
    <message>
        <source>prediction log</source>
        <translation>Vorhersageprotokoll</translation>
    </message>
    <message>
        <source>no version</source>
        <translation>keine Version</translation>
    </message>
    <message>
        <source>This workload is no model&apos;s deployment: name it as `deployment: {connection, target}` of a model.</source>
        <translation>Dieser Workload ist das Deployment keines Modells: ihn als `deployment: {connection, target}` eines Modells nennen.</translation>
    </message>
    <message>
        <source>%1 has no endpoint in the workspace whose log could be asked: `pilot connect endpoint %1 URL`.</source>
        <translation>%1 hat im Workspace keinen Endpunkt, dessen Protokoll gefragt werden könnte: `pilot connect endpoint %1 URL`.</translation>
    </message>
    <message>
        <source>The log of %1 cannot be read: %2</source>
        <translation>Das Protokoll von %1 lässt sich nicht lesen: %2</translation>
    </message>
    <message>
        <source>%1 was not asked in the last hour.</source>
        <translation>%1 wurde in der letzten Stunde nicht gefragt.</translation>
    </message>
    <message>
        <source>no Prometheus connection: add `prom: {kind: prometheus, url: http://…:9090}` to the workspace&apos;s connections.</source>
        <translation>keine Prometheus-Verbindung: `prom: {kind: prometheus, url: http://…:9090}` zu den Verbindungen des Workspace hinzufügen.</translation>
    </message>
    <message>
        <source>%1 Prometheus connections (%2): name one under the model&apos;s deployment, `judge: {prometheus: %3}`.</source>
        <translation>%1 Prometheus-Verbindungen (%2): eine unter dem Deployment des Modells nennen, `judge: {prometheus: %3}`.</translation>
    </message>
    <message>
        <source>all pods</source>
        <translation>alle Pods</translation>
    </message>
    <message>
        <source>%1 has no requests of pods %2 in %3 (looked for %4): have them scraped with the labels %5 and %6, or name the counter at the connection, `requests_metric: …`.</source>
        <translation>%1 hat keine Anfragen der Pods %2 in %3 (gesucht: %4): sie mit den Labels %5 und %6 erfassen lassen oder den Zähler bei der Verbindung nennen, `requests_metric: …`.</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 knows no request of the last hour.</source>
        <translation>%1 kennt keine Anfrage der letzten Stunde.</translation>
    </message>
</context>
<context>
    <name>WriteGate</name>
    <message>
        <source>Its connection is read-only here.</source>
        <translation>Die Verbindung ist hier nur lesbar.</translation>
    </message>
    <message>
        <source>Needs role %1.</source>
        <translation>Braucht die Rolle %1.</translation>
    </message>
    <message>
        <source>Needs role %1 in %2.</source>
        <translation>Braucht in %2 die Rolle %1.</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::CommandPalette</name>
    <message>
        <source>Command palette</source>
        <translation>Befehlspalette</translation>
    </message>
    <message>
        <source>Search or run a command</source>
        <translation>Suchen oder Befehl</translation>
    </message>
    <message numerus="yes">
        <source>%n results in %1 ms</source>
        <translation>
            <numerusform>%n Treffer in %1 ms</numerusform>
            <numerusform>%n Treffer in %1 ms</numerusform>
        </translation>
    </message>
    <message>
        <source>choose</source>
        <translation>wählen</translation>
    </message>
    <message>
        <source>run</source>
        <translation>ausführen</translation>
    </message>
    <message>
        <source>commands only</source>
        <translation>nur Befehle</translation>
    </message>
    <message>
        <source>runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>endpoints</source>
        <translation>Endpunkte</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::DemoTraffic</name>
    <message>
        <source>Start the demo&apos;s traffic</source>
        <translation>Anfragen der Demo starten</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>It runs; the task bar shows it.</source>
        <translation>Sie laufen; die Aufgabenleiste zeigt es.</translation>
    </message>
    <message>
        <source>Stop the demo&apos;s traffic</source>
        <translation>Anfragen der Demo anhalten</translation>
    </message>
    <message>
        <source>It does not run.</source>
        <translation>Sie laufen nicht.</translation>
    </message>
    <message>
        <source>Demo traffic</source>
        <translation>Anfragen der Demo</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::Desktop</name>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::FirstStart</name>
    <message>
        <source>One window from drift to rollout</source>
        <translation>Ein Fenster von der Drift bis zum Rollout</translation>
    </message>
    <message>
        <source>Pilothouse shows what is live, what waits for you and what each button will do before it does it.</source>
        <translation>Pilothouse zeigt, was live ist, was auf Sie wartet und was jede Taste tun wird, bevor sie es tut.</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>Drift</translation>
    </message>
    <message>
        <source>Retrain</source>
        <translation>Neu trainieren</translation>
    </message>
    <message>
        <source>Evidence</source>
        <translation>Belege</translation>
    </message>
    <message>
        <source>Approve</source>
        <translation>Zustimmen</translation>
    </message>
    <message>
        <source>Rollout</source>
        <translation>Rollout</translation>
    </message>
    <message>
        <source>Watch</source>
        <translation>Beobachten</translation>
    </message>
    <message>
        <source>Look around first</source>
        <translation>Erst umsehen</translation>
    </message>
    <message>
        <source>The demo workspace runs a small estate on this computer: three weather models, traffic with labels that come late, drift that grows while you watch. No account, no network, nothing real can be changed.</source>
        <translation>Der Demo-Arbeitsbereich betreibt eine kleine Anlage auf diesem Rechner: drei Wettermodelle, Anfragen mit Labels, die spät kommen, Drift, die beim Zusehen wächst. Kein Konto, kein Netz, nichts Echtes lässt sich ändern.</translation>
    </message>
    <message>
        <source>Approve a promotion and undo it</source>
        <translation>Einer Freigabe zustimmen und sie zurücknehmen</translation>
    </message>
    <message>
        <source>Retrain a wind model on this computer</source>
        <translation>Ein Windmodell auf diesem Rechner neu trainieren</translation>
    </message>
    <message>
        <source>See a worse model turned back by itself</source>
        <translation>Sehen, wie ein schlechteres Modell von selbst zurückgenommen wird</translation>
    </message>
    <message>
        <source>Open the demo workspace</source>
        <translation>Demo-Arbeitsbereich öffnen</translation>
    </message>
    <message>
        <source>Or connect your own</source>
        <translation>Oder Eigenes verbinden</translation>
    </message>
    <message>
        <source>Start with any one. All open read only until you allow writes.</source>
        <translation>Mit irgendeinem beginnen. Alle öffnen nur lesend, bis Schreiben erlaubt wird.</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Registry</translation>
    </message>
    <message>
        <source>local, MLflow</source>
        <translation>lokal, MLflow</translation>
    </message>
    <message>
        <source>See which version is live and what waits</source>
        <translation>Sehen, welche Version live ist und was wartet</translation>
    </message>
    <message>
        <source>CI</source>
        <translation>CI</translation>
    </message>
    <message>
        <source>local pipelines, Jenkins, Actions, Kubeflow, Azure ML</source>
        <translation>lokale Pipelines, Jenkins, Actions, Kubeflow, Azure ML</translation>
    </message>
    <message>
        <source>Answer paused gates here</source>
        <translation>Wartende Tore hier beantworten</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>local serving, Kubernetes</source>
        <translation>lokale Auslieferung, Kubernetes</translation>
    </message>
    <message>
        <source>Watch rollouts, undo</source>
        <translation>Rollouts beobachten, zurücknehmen</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>Metriken</translation>
    </message>
    <message>
        <source>Prometheus, Elasticsearch</source>
        <translation>Prometheus, Elasticsearch</translation>
    </message>
    <message>
        <source>Accuracy, drift and alerts</source>
        <translation>Genauigkeit, Drift und Alarme</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Connect %1</source>
        <translation>%1 verbinden</translation>
    </message>
    <message>
        <source>Workspace file…</source>
        <translation>Arbeitsbereichsdatei …</translation>
    </message>
    <message>
        <source>Secrets go to the keychain</source>
        <translation>Geheimnisse kommen in den Schlüsselbund</translation>
    </message>
    <message>
        <source>Ready, in %1</source>
        <translation>Bereit, in %1</translation>
    </message>
    <message>
        <source>is being made</source>
        <translation>wird angelegt</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>alles</translation>
    </message>
    <message>
        <source>keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>No usage data is sent.</source>
        <translation>Es werden keine Nutzungsdaten gesendet.</translation>
    </message>
    <message>
        <source>New from a template…</source>
        <translation>Neu aus einer Vorlage…</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::HeaderBar</name>
    <message>
        <source>Search or run a command</source>
        <translation>Suchen oder Befehl</translation>
    </message>
    <message>
        <source>Search, run</source>
        <translation>Suchen, Befehl</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1, %2</translation>
    </message>
    <message>
        <source>Charts show %1; show all of the time</source>
        <translation>Diagramme zeigen %1; ganze Zeit zeigen</translation>
    </message>
    <message>
        <source>All charts show %1. Click: all of the time, as 0 in a chart</source>
        <translation>Alle Diagramme zeigen %1. Klick: die ganze Zeit, wie 0 im Diagramm</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::KeySheet</name>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>Überall</translation>
    </message>
    <message>
        <source>Tables and lists</source>
        <translation>Tabellen und Listen</translation>
    </message>
    <message>
        <source>next row</source>
        <translation>nächste Zeile</translation>
    </message>
    <message>
        <source>row before</source>
        <translation>Zeile davor</translation>
    </message>
    <message>
        <source>open</source>
        <translation>öffnen</translation>
    </message>
    <message>
        <source>copy row as text</source>
        <translation>Zeile als Text kopieren</translation>
    </message>
    <message>
        <source>Charts</source>
        <translation>Diagramme</translation>
    </message>
    <message>
        <source>move the crosshair</source>
        <translation>Fadenkreuz bewegen</translation>
    </message>
    <message>
        <source>pin it</source>
        <translation>festhalten</translation>
    </message>
    <message>
        <source>copy the values as text</source>
        <translation>Werte als Text kopieren</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::MainWindow</name>
    <message>
        <source>Not done</source>
        <translation>Nicht ausgeführt</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>no workspace</source>
        <translation>kein Arbeitsbereich</translation>
    </message>
    <message>
        <source>%1 is not part of this build</source>
        <translation>%1 gehört nicht zu diesem Bau</translation>
    </message>
    <message>
        <source>The other screens are.</source>
        <translation>Die anderen Ansichten schon.</translation>
    </message>
    <message>
        <source>Keychain ready</source>
        <translation>Schlüsselbund bereit</translation>
    </message>
    <message>
        <source>No keychain</source>
        <translation>Kein Schlüsselbund</translation>
    </message>
    <message>
        <source>read only</source>
        <translation>nur lesen</translation>
    </message>
    <message>
        <source>writes ask for the name</source>
        <translation>Schreiben fragt nach dem Namen</translation>
    </message>
    <message>
        <source>writes ask first</source>
        <translation>Schreiben fragt erst</translation>
    </message>
    <message>
        <source>%1 is done</source>
        <translation>%1 ist fertig</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 ist gescheitert</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>Anhalten und schließen</translation>
    </message>
    <message numerus="yes">
        <source>%n jobs are running. They write a checkpoint and stop; each can go on at the next start. Served endpoints keep running.</source>
        <translation>
            <numerusform>%n Auftrag läuft. Er schreibt einen Checkpoint und hält an; beim nächsten Start kann er weitergehen. Ausgelieferte Endpunkte laufen weiter.</numerusform>
            <numerusform>%n Aufträge laufen. Sie schreiben einen Checkpoint und halten an; jeder kann beim nächsten Start weitergehen. Ausgelieferte Endpunkte laufen weiter.</numerusform>
        </translation>
    </message>
    <message>
        <source>Close Pilothouse?</source>
        <translation>Pilothouse schließen?</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Search or run a command</source>
        <translation>Suchen oder Befehl</translation>
    </message>
    <message>
        <source>Show the keys</source>
        <translation>Tasten zeigen</translation>
    </message>
    <message>
        <source>Refresh in place</source>
        <translation>An Ort und Stelle auffrischen</translation>
    </message>
    <message>
        <source>Undo from the notice</source>
        <translation>Aus dem Hinweis zurücknehmen</translation>
    </message>
    <message>
        <source>Nothing to undo here</source>
        <translation>Hier gibt es nichts zurückzunehmen</translation>
    </message>
    <message>
        <source>An executed promotion is undone from its model.</source>
        <translation>Eine ausgeführte Freigabe wird an ihrem Modell zurückgenommen.</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Switch between dark and light</source>
        <translation>Zwischen dunkel und hell wechseln</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>Größere Schrift</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>Kleinere Schrift</translation>
    </message>
    <message>
        <source>Open a workspace file…</source>
        <translation>Arbeitsbereichsdatei öffnen …</translation>
    </message>
    <message>
        <source>Read the workspace file again</source>
        <translation>Arbeitsbereichsdatei neu lesen</translation>
    </message>
    <message>
        <source>Export the journal…</source>
        <translation>Journal ausgeben …</translation>
    </message>
    <message>
        <source>Show the first-start screen</source>
        <translation>Startansicht zeigen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Go to %1</source>
        <translation>Zu %1 gehen</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Needs you now</source>
        <translation>Braucht Sie jetzt</translation>
    </message>
    <message>
        <source>screen</source>
        <translation>Ansicht</translation>
    </message>
    <message>
        <source>model, champion v%1</source>
        <translation>Modell, Champion v%1</translation>
    </message>
    <message>
        <source>model, nothing live</source>
        <translation>Modell, nichts live</translation>
    </message>
    <message>
        <source>rollout, %1</source>
        <translation>Rollout, %1</translation>
    </message>
    <message>
        <source>run, %1</source>
        <translation>Lauf, %1</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Es ist kein Arbeitsbereich offen.</translation>
    </message>
    <message>
        <source>Export the journal</source>
        <translation>Journal ausgeben</translation>
    </message>
    <message>
        <source>JSON lines (*.jsonl)</source>
        <translation>JSON-Zeilen (*.jsonl)</translation>
    </message>
    <message numerus="yes">
        <source>%n entries exported</source>
        <translation>
            <numerusform>%n Eintrag ausgegeben</numerusform>
            <numerusform>%n Einträge ausgegeben</numerusform>
        </translation>
    </message>
    <message>
        <source>Open a workspace</source>
        <translation>Arbeitsbereich öffnen</translation>
    </message>
    <message>
        <source>Workspace (*.yaml *.yml)</source>
        <translation>Arbeitsbereich (*.yaml *.yml)</translation>
    </message>
    <message numerus="yes">
        <source>%n waiting training(s) arrived at the registry.</source>
        <translation>
            <numerusform>%n wartendes Training ist in der Registry angekommen.</numerusform>
            <numerusform>%n wartende Trainings sind in der Registry angekommen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Send trainings that wait for a registry</source>
        <translation>Trainings senden, die auf eine Registry warten</translation>
    </message>
    <message>
        <source>Send waiting trainings</source>
        <translation>Wartende Trainings senden</translation>
    </message>
    <message>
        <source>New workspace from a template…</source>
        <translation>Neuer Arbeitsbereich aus einer Vorlage…</translation>
    </message>
    <message>
        <source>Switch between local time and UTC</source>
        <translation>Zwischen Ortszeit und UTC wechseln</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::NavRail</name>
    <message>
        <source>%1 (G %2)</source>
        <translation>%1 (G %2)</translation>
    </message>
    <message>
        <source>Screens</source>
        <translation>Ansichten</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::Panels</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>Drift</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Pipelines</source>
        <translation>Pipelines</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>What-if</source>
        <translation>Was-wäre</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>Verbinden</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Optionen</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::TaskBar</name>
    <message>
        <source>stops after this batch, checkpoint kept</source>
        <translation>hält nach diesem Stapel an, Checkpoint bleibt</translation>
    </message>
    <message>
        <source>stopped, checkpoint kept</source>
        <translation>angehalten, Checkpoint bleibt</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>done in %1</source>
        <translation>fertig in %1</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
    <message>
        <source>Cancel %1</source>
        <translation>%1 abbrechen</translation>
    </message>
    <message>
        <source>Close %1</source>
        <translation>%1 schließen</translation>
    </message>
    <message>
        <source>Cancel: the checkpoint is kept and it can go on later.</source>
        <translation>Abbrechen: Der Checkpoint bleibt, und es kann später weitergehen.</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weiterer</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>Journal does not verify</source>
        <translation>Journal lässt sich nicht bestätigen</translation>
    </message>
    <message numerus="yes">
        <source>journal entries sealed</source>
        <translation>
            <numerusform>Journaleintrag versiegelt</numerusform>
            <numerusform>Journaleinträge versiegelt</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>journal entries, head not sealed</source>
        <translation>
            <numerusform>Journaleintrag, Kopf nicht versiegelt</numerusform>
            <numerusform>Journaleinträge, Kopf nicht versiegelt</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>connections</source>
        <translation>
            <numerusform>Verbindung</numerusform>
            <numerusform>Verbindungen</numerusform>
        </translation>
    </message>
    <message>
        <source>Journal empty</source>
        <translation>Journal leer</translation>
    </message>
    <message>
        <source>stops</source>
        <translation>hält an</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Start demo traffic</source>
        <translation>Demo-Anfragen starten</translation>
    </message>
    <message>
        <source>Plays the weather station: requests to the served models, labels that come late, and a drift after half a minute.</source>
        <translation>Spielt die Wetterstation: Anfragen an die bereitgestellten Modelle, Labels, die spät kommen, und nach einer halben Minute eine Drift.</translation>
    </message>
    <message>
        <source>%1 requests, the wind sensor drifts</source>
        <translation>%1 Anfragen, der Windsensor driftet</translation>
    </message>
    <message>
        <source>%1 requests</source>
        <translation>%1 Anfragen</translation>
    </message>
    <message>
        <source>waits for a served model</source>
        <translation>wartet auf ein bereitgestelltes Modell</translation>
    </message>
    <message>
        <source>Stop: %1</source>
        <translation>Anhalten: %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::console::TemplateSheet</name>
    <message>
        <source>Test all</source>
        <translation>Alle prüfen</translation>
    </message>
    <message>
        <source>Write and open</source>
        <translation>Schreiben und öffnen</translation>
    </message>
    <message>
        <source>New workspace from a template</source>
        <translation>Neuer Arbeitsbereich aus einer Vorlage</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>It has no workspace yet; it is made where it is not there.</source>
        <translation>Er hat noch keinen Arbeitsbereich; er wird angelegt, wo er fehlt.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Folder of the workspace</source>
        <translation>Ordner des Arbeitsbereichs</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Test %1</source>
        <translation>%1 prüfen</translation>
    </message>
    <message>
        <source>Name of its secret in the keychain</source>
        <translation>Name des Geheimnisses im Schlüsselbund</translation>
    </message>
    <message>
        <source>Asking…</source>
        <translation>Wird gefragt…</translation>
    </message>
    <message>
        <source>Name the folder with its whole path.</source>
        <translation>Den Ordner mit seinem ganzen Pfad nennen.</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>Wird geschrieben…</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui</name>
    <message>
        <source>Register a version from %1</source>
        <translation>Version aus %1 registrieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AccuracyChart</name>
    <message>
        <source>Stretches of time</source>
        <translation>Zeitabschnitte</translation>
    </message>
    <message>
        <source>Hour</source>
        <translation>Stunde</translation>
    </message>
    <message>
        <source>Day</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Week</source>
        <translation>Woche</translation>
    </message>
    <message>
        <source>Slices by an input</source>
        <translation>Teilmengen nach einer Eingabe</translation>
    </message>
    <message>
        <source>Why did it drop?</source>
        <translation>Warum ist sie gesunken?</translation>
    </message>
    <message>
        <source>All rows</source>
        <translation>Alle Zeilen</translation>
    </message>
    <message>
        <source>By %1</source>
        <translation>Nach %1</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Bericht …</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AccuracyWhyCard</name>
    <message>
        <source>Why did accuracy drop?</source>
        <translation>Warum ist die Genauigkeit gesunken?</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Features by drift and importance</source>
        <translation>Merkmale nach Drift und Wichtigkeit</translation>
    </message>
    <message>
        <source>Rows with the largest error</source>
        <translation>Zeilen mit dem größten Fehler</translation>
    </message>
    <message>
        <source>It cannot be told yet</source>
        <translation>Es lässt sich noch nicht sagen</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>No row with an error</source>
        <translation>Keine Zeile mit einem Fehler</translation>
    </message>
    <message>
        <source>Rows to look at, worst %1</source>
        <translation>Zeilen zum Ansehen, die schlechtesten %1</translation>
    </message>
    <message>
        <source>%1 %2 on %3 labelled rows before %4, %5 on %6 from then on (v%7).</source>
        <translation>%1 %2 auf %3 Zeilen mit Label vor %4, %5 auf %6 von da an (v%7).</translation>
    </message>
    <message>
        <source>Ranked by drift × importance.</source>
        <translation>Geordnet nach Drift × Wichtigkeit.</translation>
    </message>
    <message>
        <source>No feature that the model looks at moved: what they mean may have changed, or the labels.</source>
        <translation>Kein Merkmal, auf das das Modell achtet, hat sich verschoben: was sie bedeuten, kann sich geändert haben, oder die Labels.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ActionCatalogue</name>
    <message>
        <source>There is no command “%1” here.</source>
        <translation>Einen Befehl „%1“ gibt es hier nicht.</translation>
    </message>
    <message>
        <source>Nothing can ask for confirmation here, so nothing was done.</source>
        <translation>Hier kann nichts um Bestätigung fragen, also wurde nichts getan.</translation>
    </message>
    <message>
        <source>This writes to %1, which is guarded.</source>
        <translation>Das schreibt nach %1; die Verbindung ist geschützt.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AlertDecisionModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Entscheidung</translation>
    </message>
    <message>
        <source>Because</source>
        <translation>Weil</translation>
    </message>
    <message>
        <source>fired</source>
        <translation>ausgelöst</translation>
    </message>
    <message>
        <source>not fired</source>
        <translation>nicht ausgelöst</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AlertModel</name>
    <message>
        <source>Firing</source>
        <translation>Ausgelöst</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Bevorstehend</translation>
    </message>
    <message>
        <source>No data</source>
        <translation>Keine Daten</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>%1 %2 near limit</source>
        <translation>%1 %2 nahe am Grenzwert</translation>
    </message>
    <message>
        <source>%1, limit %2</source>
        <translation>%1, Grenzwert %2</translation>
    </message>
    <message>
        <source>%1 %2 cannot be told</source>
        <translation>%1 %2 lässt sich nicht sagen</translation>
    </message>
    <message>
        <source>Watched and kept</source>
        <translation>Überwacht und eingehalten</translation>
    </message>
    <message>
        <source>%1 %2 inside its limit</source>
        <translation>%1 %2 innerhalb der Grenze</translation>
    </message>
    <message>
        <source>%1 inputs as in training</source>
        <translation>Eingaben von %1 wie im Training</translation>
    </message>
    <message>
        <source>%1 most, PSI %2, limit %3</source>
        <translation>%1 am stärksten, PSI %2, Grenze %3</translation>
    </message>
    <message>
        <source>%1 is new enough</source>
        <translation>%1 ist neu genug</translation>
    </message>
    <message>
        <source>newest model %1 old, limit %2</source>
        <translation>neuestes Modell %1 alt, Grenze %2</translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>%1 serves another version</source>
        <translation>%1 liefert eine andere Version aus</translation>
    </message>
    <message>
        <source>%1: what is served cannot be told</source>
        <translation>%1: was ausgeliefert wird, ist nicht zu erfahren</translation>
    </message>
    <message>
        <source>%1 is being rolled out</source>
        <translation>%1 wird ausgerollt</translation>
    </message>
    <message>
        <source>%1 serves what its alias says</source>
        <translation>%1 liefert aus, was der Alias sagt</translation>
    </message>
    <message>
        <source>serves %1, live v%2</source>
        <translation>liefert %1 aus, live v%2</translation>
    </message>
    <message>
        <source>Silenced</source>
        <translation>Stummgeschaltet</translation>
    </message>
    <message>
        <source>%1 left</source>
        <translation>noch %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AlertsPanel</name>
    <message>
        <source>Alerts</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>No alert chosen</source>
        <translation>Kein Alarm gewählt</translation>
    </message>
    <message>
        <source>What the policy decided</source>
        <translation>Was die Regel entschied</translation>
    </message>
    <message>
        <source>Why did it drift?</source>
        <translation>Warum die Drift?</translation>
    </message>
    <message>
        <source>Open model</source>
        <translation>Modell öffnen</translation>
    </message>
    <message>
        <source>Handle the chosen alert</source>
        <translation>Gewählten Alarm bearbeiten</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Choose an alert first.</source>
        <translation>Erst einen Alarm wählen.</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>Nothing fires</source>
        <translation>Nichts ausgelöst</translation>
    </message>
    <message>
        <source>The numbers behind an alert, what is likely and what can be done stand here.</source>
        <translation>Die Zahlen hinter einem Alarm, was wahrscheinlich ist und was zu tun ist, stehen hier.</translation>
    </message>
    <message>
        <source>No decision yet</source>
        <translation>Noch keine Entscheidung</translation>
    </message>
    <message>
        <source>Each look of a retrain policy is kept here with its numbers, also when it is “skip”.</source>
        <translation>Jeder Blick einer Trainingsregel bleibt hier mit seinen Zahlen, auch wenn sie „auslassen“ sagt.</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>Measured on</source>
        <translation>Gemessen an</translation>
    </message>
    <message>
        <source>%1 labelled rows</source>
        <translation>%1 Zeilen mit Label</translation>
    </message>
    <message>
        <source>Likely</source>
        <translation>Wahrscheinlich</translation>
    </message>
    <message>
        <source>%1 drifted most, PSI %2</source>
        <translation>%1 driftet am stärksten, PSI %2</translation>
    </message>
    <message>
        <source>No decision about %1 yet</source>
        <translation>Noch keine Entscheidung über %1</translation>
    </message>
    <message>
        <source>The policy looks when new labels or data come, and by hand with “pilot retrain check”.</source>
        <translation>Die Regel sieht nach, wenn neue Labels oder Daten kommen, und von Hand mit „pilot retrain check“.</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenzwert %1</translation>
    </message>
    <message>
        <source>%1 of %2 is %3, %4</source>
        <translation>%1 von %2 ist %3, %4</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message numerus="yes">
        <source>%n firing</source>
        <translation>
            <numerusform>%n ausgelöst</numerusform>
            <numerusform>%n ausgelöst</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pending</source>
        <translation>
            <numerusform>%n bevorstehend</numerusform>
            <numerusform>%n bevorstehend</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n no data</source>
        <translation>
            <numerusform>%n ohne Daten</numerusform>
            <numerusform>%n ohne Daten</numerusform>
        </translation>
    </message>
    <message>
        <source>Which alerts</source>
        <translation>Welche Alarme</translation>
    </message>
    <message>
        <source>All %1</source>
        <translation>Alle %1</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>Offen %1</translation>
    </message>
    <message>
        <source>Nothing is watched yet</source>
        <translation>Noch wird nichts überwacht</translation>
    </message>
    <message>
        <source>A model in the workspace brings its limits: quality, drift, age. Connect a registry and train one.</source>
        <translation>Ein Modell im Arbeitsbereich bringt seine Grenzen mit: Güte, Drift, Alter. Verbinden Sie ein Register und trainieren Sie eines.</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Limits count from the first live version on. They stand in the workspace file under watch.</source>
        <translation>Grenzen zählen ab der ersten laufenden Version. Sie stehen in der Arbeitsbereichsdatei unter watch.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>What passes a limit stands here with its numbers.</source>
        <translation>Was eine Grenze überschreitet, steht hier mit seinen Zahlen.</translation>
    </message>
    <message>
        <source>Firing</source>
        <translation>Ausgelöst</translation>
    </message>
    <message>
        <source>Pending</source>
        <translation>Bevorstehend</translation>
    </message>
    <message>
        <source>No data</source>
        <translation>Keine Daten</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>Eingehalten</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Güte</translation>
    </message>
    <message>
        <source>moderate from %1</source>
        <translation>mäßig ab %1</translation>
    </message>
    <message>
        <source>drifted from %1</source>
        <translation>gedriftet ab %1</translation>
    </message>
    <message>
        <source>Copy the remedy&apos;s command</source>
        <translation>Befehl der Abhilfe kopieren</translation>
    </message>
    <message>
        <source>what is served is what the alias says</source>
        <translation>ausgeliefert wird, was der Alias sagt</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>%1 ago, first seen %2</source>
        <translation>vor %1, zuerst gesehen %2</translation>
    </message>
    <message>
        <source>Cause</source>
        <translation>Ursache</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Remedy</source>
        <translation>Abhilfe</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>Befehl</translation>
    </message>
    <message>
        <source>Serves</source>
        <translation>Liefert aus</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>Beantragt</translation>
    </message>
    <message>
        <source>%1 ago</source>
        <translation>vor %1</translation>
    </message>
    <message>
        <source>Silence %1</source>
        <translation>%1 stummschalten</translation>
    </message>
    <message>
        <source>Choose an alert of a rule first.</source>
        <translation>Zuerst den Alarm einer Regel wählen.</translation>
    </message>
    <message>
        <source>Edit policy…</source>
        <translation>Regel bearbeiten…</translation>
    </message>
    <message>
        <source>Silence…</source>
        <translation>Stummschalten …</translation>
    </message>
    <message>
        <source>It is silenced already.</source>
        <translation>Er ist schon stummgeschaltet.</translation>
    </message>
    <message>
        <source>%1 is silent until %2</source>
        <translation>%1 ist stumm bis %2</translation>
    </message>
    <message>
        <source>End silence</source>
        <translation>Stummschaltung beenden</translation>
    </message>
    <message>
        <source>Choose an alert that is silenced first.</source>
        <translation>Zuerst einen stummgeschalteten Alarm wählen.</translation>
    </message>
    <message>
        <source>End the silence</source>
        <translation>Stummschaltung beenden</translation>
    </message>
    <message>
        <source>The silence has ended</source>
        <translation>Die Stummschaltung ist beendet</translation>
    </message>
    <message>
        <source>Silenced</source>
        <translation>Stummgeschaltet</translation>
    </message>
    <message>
        <source>Silenced until</source>
        <translation>Stumm bis</translation>
    </message>
    <message>
        <source>%1, %2 left</source>
        <translation>%1, noch %2</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Why silenced</source>
        <translation>Warum stumm</translation>
    </message>
    <message>
        <source>Too few rows to tell what drifted of %1</source>
        <translation>Zu wenige Zeilen, um zu sagen, was von %1 gedriftet ist</translation>
    </message>
    <message>
        <source>PSI of what drifted most of %1; %2 leads with %3</source>
        <translation>PSI dessen, was von %1 am stärksten gedriftet ist; %2 führt mit %3</translation>
    </message>
    <message>
        <source>%1 rows that %2 was asked last, against the training</source>
        <translation>%1 Zeilen, die %2 zuletzt gefragt wurde, gegen das Training</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::AnsibleModel</name>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ApplyModel</name>
    <message>
        <source>refused</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>create</source>
        <translation>anlegen</translation>
    </message>
    <message>
        <source>change</source>
        <translation>ändern</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>löschen</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>unverändert</translation>
    </message>
    <message>
        <source>%1 is managed by %2</source>
        <translation>%1 wird von %2 verwaltet</translation>
    </message>
    <message>
        <source>not tried: what it needs is made by this apply</source>
        <translation>nicht geprobt: was es braucht, legt dieses Anwenden erst an</translation>
    </message>
    <message>
        <source>image %1 of %2 (%3): %4 → %5</source>
        <translation>Image %1 von %2 (%3): %4 → %5</translation>
    </message>
    <message>
        <source>%1 to create, %2 to change, %3 to delete, %4 unchanged</source>
        <translation>%1 anzulegen, %2 zu ändern, %3 zu löschen, %4 unverändert</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>Lines</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Lines more and fewer</source>
        <translation>Zeilen mehr und weniger</translation>
    </message>
    <message>
        <source>In the files</source>
        <translation>In den Dateien</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ApplySheet</name>
    <message>
        <source>Apply a folder of manifests</source>
        <translation>Einen Ordner mit Manifesten anwenden</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>Folder or file</source>
        <translation>Ordner oder Datei</translation>
    </message>
    <message>
        <source>Manifests as YAML or JSON.</source>
        <translation>Manifeste als YAML oder JSON.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Of objects that name none.</source>
        <translation>Von Objekten, die keinen nennen.</translation>
    </message>
    <message>
        <source>Git revision</source>
        <translation>Git-Revision</translation>
    </message>
    <message>
        <source>the files as they lie there</source>
        <translation>die Dateien, wie sie daliegen</translation>
    </message>
    <message>
        <source>The folder as this revision has it: v1.2, main~1, 3f1c2ab.</source>
        <translation>Der Ordner, wie diese Revision ihn hat: v1.2, main~1, 3f1c2ab.</translation>
    </message>
    <message>
        <source>Image tags of the build</source>
        <translation>Image-Tags des Builds</translation>
    </message>
    <message>
        <source>NAME=TAG, several with spaces; {commit} is the commit of the manifests.</source>
        <translation>NAME=TAG, mehrere mit Leerzeichen; {commit} ist der Commit der Manifeste.</translation>
    </message>
    <message>
        <source>Folders in it too</source>
        <translation>Auch Ordner darin</translation>
    </message>
    <message>
        <source>Delete what the folder has no more</source>
        <translation>Löschen, was der Ordner nicht mehr hat</translation>
    </message>
    <message>
        <source>Objects that an earlier apply of this folder made.</source>
        <translation>Objekte, die ein früheres Anwenden dieses Ordners angelegt hat.</translation>
    </message>
    <message>
        <source>Take over fields of others</source>
        <translation>Felder anderer übernehmen</translation>
    </message>
    <message>
        <source>Fields that another program manages.</source>
        <translation>Felder, die ein anderes Programm verwaltet.</translation>
    </message>
    <message>
        <source>Objects of the folder</source>
        <translation>Objekte des Ordners</translation>
    </message>
    <message>
        <source>Show what would change</source>
        <translation>Zeigen, was sich ändern würde</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>A folder of manifests</source>
        <translation>Ein Ordner mit Manifesten</translation>
    </message>
    <message>
        <source>Nothing is planned yet</source>
        <translation>Noch nichts geplant</translation>
    </message>
    <message>
        <source>The server is asked what each object would become; nothing is changed by that.</source>
        <translation>Der Server wird gefragt, was aus jedem Objekt würde; dadurch ändert sich nichts.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>, as commit %1 has them</source>
        <translation>, wie Commit %1 sie hat</translation>
    </message>
    <message>
        <source>It is being applied.</source>
        <translation>Es wird angewendet.</translation>
    </message>
    <message>
        <source>The server is asked what would change.</source>
        <translation>Der Server wird gefragt, was sich ändern würde.</translation>
    </message>
    <message>
        <source>See first what would change.</source>
        <translation>Zuerst ansehen, was sich ändern würde.</translation>
    </message>
    <message>
        <source>It was applied: see what would change now.</source>
        <translation>Es wurde angewendet: ansehen, was sich jetzt ändern würde.</translation>
    </message>
    <message numerus="yes">
        <source>The server does not take %n object(s).</source>
        <translation>
            <numerusform>Der Server nimmt %n Objekt nicht an.</numerusform>
            <numerusform>Der Server nimmt %n Objekte nicht an.</numerusform>
        </translation>
    </message>
    <message>
        <source>The cluster has all of it as the folder has it.</source>
        <translation>Der Cluster hat alles so, wie der Ordner es hat.</translation>
    </message>
    <message>
        <source>Name a folder first.</source>
        <translation>Zuerst einen Ordner nennen.</translation>
    </message>
    <message>
        <source>It is being applied …</source>
        <translation>Es wird angewendet …</translation>
    </message>
    <message>
        <source>Applied as %1.</source>
        <translation>Angewendet als %1.</translation>
    </message>
    <message>
        <source>Its rollouts could not be watched to their end: %1</source>
        <translation>Die Rollouts ließen sich nicht bis zum Ende beobachten: %1</translation>
    </message>
    <message>
        <source>It is being taken back …</source>
        <translation>Es wird zurückgenommen …</translation>
    </message>
    <message>
        <source>Taken back as %1.</source>
        <translation>Zurückgenommen als %1.</translation>
    </message>
    <message>
        <source>of the connection</source>
        <translation>der Verbindung</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ArgoCard</name>
    <message>
        <source>Promote</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>%1 goes on</source>
        <translation>%1 geht weiter</translation>
    </message>
    <message>
        <source>Promote fully</source>
        <translation>Ganz umstellen</translation>
    </message>
    <message>
        <source>Undo to the revision before.</source>
        <translation>Rücknahme auf die Revision davor.</translation>
    </message>
    <message>
        <source>%1 takes all traffic</source>
        <translation>%1 bekommt allen Verkehr</translation>
    </message>
    <message>
        <source>Skip step</source>
        <translation>Schritt überspringen</translation>
    </message>
    <message>
        <source>Abort turns it back.</source>
        <translation>Abbrechen nimmt es zurück.</translation>
    </message>
    <message>
        <source>%1 left its step</source>
        <translation>%1 hat seinen Schritt verlassen</translation>
    </message>
    <message>
        <source>Abort</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Retry begins again with the first step.</source>
        <translation>Wiederholen beginnt neu mit dem ersten Schritt.</translation>
    </message>
    <message>
        <source>%1 was turned back</source>
        <translation>%1 wurde zurückgenommen</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>%1 begins again</source>
        <translation>%1 beginnt neu</translation>
    </message>
    <message>
        <source>Undo to revision</source>
        <translation>Zurück auf eine Revision</translation>
    </message>
    <message>
        <source>Undo to the present revision comes back.</source>
        <translation>Rücknahme auf die jetzige Revision führt zurück.</translation>
    </message>
    <message>
        <source>%1 goes back</source>
        <translation>%1 geht zurück</translation>
    </message>
    <message>
        <source>Set share</source>
        <translation>Anteil setzen</translation>
    </message>
    <message>
        <source>Set the share that it has now.</source>
        <translation>Den jetzigen Anteil wieder setzen.</translation>
    </message>
    <message>
        <source>The canary of %1 has another share</source>
        <translation>Der Canary von %1 hat einen anderen Anteil</translation>
    </message>
    <message>
        <source>The canary of %1 takes all traffic</source>
        <translation>Der Canary von %1 bekommt allen Verkehr</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>Zurückrollen</translation>
    </message>
    <message>
        <source>%1 is back at its stable version</source>
        <translation>%1 ist zurück bei seiner stabilen Version</translation>
    </message>
    <message>
        <source>There is no way back in one step.</source>
        <translation>Es gibt keinen Weg zurück in einem Schritt.</translation>
    </message>
    <message>
        <source>Choose an earlier revision.</source>
        <translation>Eine frühere Revision wählen.</translation>
    </message>
    <message>
        <source>It is the newest template already.</source>
        <translation>Es ist schon die neueste Vorlage.</translation>
    </message>
    <message>
        <source>Its template becomes that of revision %1 again: %2.</source>
        <translation>Seine Vorlage wird wieder die von Revision %1: %2.</translation>
    </message>
    <message>
        <source>Choose the workload first.</source>
        <translation>Erst den Workload auswählen.</translation>
    </message>
    <message>
        <source>It is being read.</source>
        <translation>Es wird gelesen.</translation>
    </message>
    <message>
        <source>This is for an InferenceService.</source>
        <translation>Das ist für einen InferenceService.</translation>
    </message>
    <message>
        <source>This is for an Argo Rollout.</source>
        <translation>Das ist für einen Argo Rollout.</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Revision to go back to</source>
        <translation>Revision, zu der zurückgegangen wird</translation>
    </message>
    <message>
        <source>Share of the canary</source>
        <translation>Anteil des Canary</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>Canary</translation>
    </message>
    <message>
        <source>Nothing is chosen</source>
        <translation>Nichts ausgewählt</translation>
    </message>
    <message>
        <source>The steps, traffic and analyses of an Argo Rollout or an InferenceService stand here.</source>
        <translation>Hier stehen Schritte, Verkehr und Analysen eines Argo Rollouts oder InferenceService.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>seen: %1</source>
        <translation>gesehen: %1</translation>
    </message>
    <message>
        <source>%1; seen: %2</source>
        <translation>%1; gesehen: %2</translation>
    </message>
    <message>
        <source>Promote: %1</source>
        <translation>Freigeben: %1</translation>
    </message>
    <message>
        <source>revision %1: %2</source>
        <translation>Revision %1: %2</translation>
    </message>
    <message>
        <source>Its analyses cannot be read: %1</source>
        <translation>Seine Analysen lassen sich nicht lesen: %1</translation>
    </message>
    <message>
        <source>Not ready</source>
        <translation>Nicht bereit</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>canaryTrafficPercent is set, and Standard mode does not look at it.</source>
        <translation>canaryTrafficPercent ist gesetzt, und der Modus Standard beachtet es nicht.</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Analysis %1, revision %2: %3</source>
        <translation>Analyse %1, Revision %2: %3</translation>
    </message>
    <message>
        <source>not begun</source>
        <translation>nicht begonnen</translation>
    </message>
    <message>
        <source>%1, %2 %</source>
        <translation>%1, %2 %</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CanaryLadder</name>
    <message>
        <source>Rollout steps</source>
        <translation>Schritte des Rollouts</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CardModel</name>
    <message>
        <source>Line</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>%1 lines gone, %2 new</source>
        <translation>%1 Zeilen weg, %2 neu</translation>
    </message>
    <message>
        <source>gone: %1</source>
        <translation>weg: %1</translation>
    </message>
    <message>
        <source>new: %1</source>
        <translation>neu: %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CauseModel</name>
    <message>
        <source>Feature</source>
        <translation>Merkmal</translation>
    </message>
    <message>
        <source>Part, %</source>
        <translation>Anteil, %</translation>
    </message>
    <message>
        <source>Share of drift × importance over all features</source>
        <translation>Anteil an Drift × Wichtigkeit über alle Merkmale</translation>
    </message>
    <message>
        <source>Drift × weight</source>
        <translation>Drift × Gewicht</translation>
    </message>
    <message>
        <source>How far it moved (PSI less chance) times what the metric loses without it</source>
        <translation>Wie weit es sich verschob (PSI ohne den Zufall) mal was die Metrik ohne es verliert</translation>
    </message>
    <message>
        <source>%1: too few rows to tell its drift</source>
        <translation>%1: zu wenige Zeilen, um die Drift zu nennen</translation>
    </message>
    <message>
        <source>%1: %2 of drift × importance</source>
        <translation>%1: %2 von Drift × Wichtigkeit</translation>
    </message>
    <message>
        <source>too few rows</source>
        <translation>zu wenige Zeilen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ClusterSheet</name>
    <message>
        <source>Credential</source>
        <translation>Anmeldung</translation>
    </message>
    <message>
        <source>Rights</source>
        <translation>Rechte</translation>
    </message>
    <message>
        <source>Let it run</source>
        <translation>Ausführen lassen</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Erneut fragen</translation>
    </message>
    <message>
        <source>Cluster %1</source>
        <translation>Cluster %1</translation>
    </message>
    <message>
        <source>What we may do, by namespace</source>
        <translation>Was erlaubt ist, nach Namensraum</translation>
    </message>
    <message>
        <source>Namespaces</source>
        <translation>Namensräume</translation>
    </message>
    <message>
        <source>Several with spaces between; empty: that of the connection</source>
        <translation>Mehrere durch Leerzeichen getrennt; leer: der der Verbindung</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>none: the credential stands in the kubeconfig or in the keychain</source>
        <translation>keines: die Anmeldung steht in der Kubeconfig oder im Schlüsselbund</translation>
    </message>
    <message>
        <source>Arguments</source>
        <translation>Argumente</translation>
    </message>
    <message>
        <source>Sets</source>
        <translation>Setzt</translation>
    </message>
    <message>
        <source>Asked by</source>
        <translation>Verlangt von</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
    <message>
        <source>it needs one: it runs from pilot only</source>
        <translation>es braucht eines: es läuft nur aus pilot</translation>
    </message>
    <message>
        <source>May run</source>
        <translation>Darf laufen</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>not yet: the file comes from elsewhere</source>
        <translation>noch nicht: die Datei kommt von anderswo</translation>
    </message>
    <message>
        <source>The program has not been let run</source>
        <translation>Das Programm wurde noch nicht zugelassen</translation>
    </message>
    <message>
        <source>Read what it is, and let it run; then the cluster is asked who we are.</source>
        <translation>Lesen, was es ist, und es laufen lassen; dann wird der Cluster gefragt, wer wir sind.</translation>
    </message>
    <message>
        <source>It is being noted.</source>
        <translation>Es wird vermerkt.</translation>
    </message>
    <message>
        <source>The program may run now; it is in the journal. Another command is asked for anew.</source>
        <translation>Das Programm darf jetzt laufen; es steht im Journal. Für einen anderen Befehl wird erneut gefragt.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CommitSheet</name>
    <message>
        <source>Change %1 by a commit</source>
        <translation>%1 durch einen Commit ändern</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>Repository</translation>
    </message>
    <message>
        <source>connection, or folder of a clone</source>
        <translation>Verbindung oder Ordner eines Klons</translation>
    </message>
    <message>
        <source>A connection of kind git, or a folder of a Git work tree.</source>
        <translation>Eine Verbindung der Art git oder ein Ordner eines Git-Arbeitsverzeichnisses.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>A folder of a Git work tree</source>
        <translation>Ein Ordner eines Git-Arbeitsverzeichnisses</translation>
    </message>
    <message>
        <source>Folder in it</source>
        <translation>Ordner darin</translation>
    </message>
    <message>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>Where the manifests of this environment are.</source>
        <translation>Wo die Manifeste dieser Umgebung liegen.</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Empty: as it is.</source>
        <translation>Leer: wie es ist.</translation>
    </message>
    <message>
        <source>Replicas</source>
        <translation>Replikate</translation>
    </message>
    <message>
        <source>Variables</source>
        <translation>Variablen</translation>
    </message>
    <message>
        <source>NAME=VALUE sets, NAME- takes away; several with spaces.</source>
        <translation>NAME=WERT setzt, NAME- nimmt weg; mehrere mit Leerzeichen.</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anforderungen</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Branch</translation>
    </message>
    <message>
        <source>a new one</source>
        <translation>ein neuer</translation>
    </message>
    <message>
        <source>That gets the commit.</source>
        <translation>Der den Commit bekommt.</translation>
    </message>
    <message>
        <source>Show what would change</source>
        <translation>Zeigen, was sich ändern würde</translation>
    </message>
    <message>
        <source>Open a pull request…</source>
        <translation>Einen Pull Request öffnen …</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>The cluster does not say who keeps it: %1</source>
        <translation>Der Cluster sagt nicht, wer es verwaltet: %1</translation>
    </message>
    <message>
        <source>Nothing says that a controller follows Git for it: a commit changes the cluster only if somebody applies it.</source>
        <translation>Nichts sagt, dass ein Controller dafür Git folgt: Ein Commit ändert den Cluster nur, wenn jemand ihn anwendet.</translation>
    </message>
    <message>
        <source>Managed by %1: a change of the cluster would be undone. This makes it a commit.</source>
        <translation>Von %1 verwaltet: Eine Änderung am Cluster würde zurückgesetzt. Hier wird daraus ein Commit.</translation>
    </message>
    <message>
        <source>Managed by %1 (%2): a change of the cluster would be undone. This makes it a commit.</source>
        <translation>Von %1 (%2) verwaltet: Eine Änderung am Cluster würde zurückgesetzt. Hier wird daraus ein Commit.</translation>
    </message>
    <message>
        <source>It follows %1.</source>
        <translation>Es folgt %1.</translation>
    </message>
    <message>
        <source>a clone of %1</source>
        <translation>ein Klon von %1</translation>
    </message>
    <message>
        <source>Name the repository first.</source>
        <translation>Zuerst das Repository nennen.</translation>
    </message>
    <message>
        <source>Say what is to change first.</source>
        <translation>Zuerst sagen, was sich ändern soll.</translation>
    </message>
    <message>
        <source>Nothing is planned yet</source>
        <translation>Noch nichts geplant</translation>
    </message>
    <message>
        <source>The manifest is found and changed in place; nothing is committed by that.</source>
        <translation>Das Manifest wird gesucht und an seiner Stelle geändert; dadurch wird nichts committet.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Into</source>
        <translation>Nach</translation>
    </message>
    <message>
        <source>Pull request</source>
        <translation>Pull Request</translation>
    </message>
    <message>
        <source>It is being committed.</source>
        <translation>Es wird committet.</translation>
    </message>
    <message>
        <source>The manifest is looked for.</source>
        <translation>Das Manifest wird gesucht.</translation>
    </message>
    <message>
        <source>See first what would change.</source>
        <translation>Zuerst ansehen, was sich ändern würde.</translation>
    </message>
    <message>
        <source>It was committed.</source>
        <translation>Es wurde committet.</translation>
    </message>
    <message>
        <source>It is being committed …</source>
        <translation>Es wird committet …</translation>
    </message>
    <message>
        <source>Committed to %1 as %2.</source>
        <translation>In %1 committet als %2.</translation>
    </message>
    <message>
        <source>Its controller follows %1: merge it there.</source>
        <translation>Der Controller folgt %1: dort zusammenführen.</translation>
    </message>
    <message>
        <source>It is being taken back …</source>
        <translation>Es wird zurückgenommen …</translation>
    </message>
    <message>
        <source>Taken back as %1: a commit more that puts the file back.</source>
        <translation>Zurückgenommen als %1: ein weiterer Commit, der die Datei zurücksetzt.</translation>
    </message>
    <message>
        <source>Show the pull request</source>
        <translation>Den Pull Request zeigen</translation>
    </message>
    <message>
        <source>The pull request is being opened …</source>
        <translation>Der Pull Request wird geöffnet …</translation>
    </message>
    <message>
        <source>The pull request is open: %1</source>
        <translation>Der Pull Request ist offen: %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CompareLoader</name>
    <message>
        <source>The reading was stopped.</source>
        <translation>Das Lesen wurde angehalten.</translation>
    </message>
    <message>
        <source>Read it again when it is wanted.</source>
        <translation>Bei Bedarf erneut lesen.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CompareModel</name>
    <message>
        <source>Setting</source>
        <translation>Einstellung</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CompareView</name>
    <message numerus="yes">
        <source>Compare %n runs</source>
        <translation>
            <numerusform>%n Lauf vergleichen</numerusform>
            <numerusform>%n Läufe vergleichen</numerusform>
        </translation>
    </message>
    <message>
        <source>Compare runs</source>
        <translation>Läufe vergleichen</translation>
    </message>
    <message numerus="yes">
        <source>%n are not in the registry any more</source>
        <translation>
            <numerusform>%n ist nicht mehr in der Registry</numerusform>
            <numerusform>%n sind nicht mehr in der Registry</numerusform>
        </translation>
    </message>
    <message>
        <source>No runs are chosen</source>
        <translation>Keine Läufe gewählt</translation>
    </message>
    <message>
        <source>Choose two to fifty runs; what differs between them, and their curves, stand here.</source>
        <translation>Zwei bis fünfzig Läufe wählen; hier steht, worin sie sich unterscheiden, und ihre Kurven.</translation>
    </message>
    <message>
        <source>The runs were not read</source>
        <translation>Die Läufe wurden nicht gelesen</translation>
    </message>
    <message>
        <source>The reading was stopped.</source>
        <translation>Das Lesen wurde angehalten.</translation>
    </message>
    <message>
        <source>Read them</source>
        <translation>Lesen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>wird gelesen …</translation>
    </message>
    <message>
        <source>%1 of %2 runs</source>
        <translation>%1 von %2 Läufen</translation>
    </message>
    <message>
        <source>%1 of %2 histories</source>
        <translation>%1 von %2 Verläufen</translation>
    </message>
    <message>
        <source>by run</source>
        <translation>nach Lauf</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n rows differ</source>
        <translation>
            <numerusform>%1 von %n Zeile unterscheidet sich</numerusform>
            <numerusform>%1 von %n Zeilen unterscheiden sich</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n runs pass</source>
        <translation>
            <numerusform>%1 von %n Lauf passt</numerusform>
            <numerusform>%1 von %n Läufen passen</numerusform>
        </translation>
    </message>
    <message>
        <source>All of it is shown.</source>
        <translation>Es ist alles zu sehen.</translation>
    </message>
    <message numerus="yes">
        <source>%n runs have not logged it</source>
        <translation>
            <numerusform>%n Lauf hat sie nicht aufgezeichnet</numerusform>
            <numerusform>%n Läufe haben sie nicht aufgezeichnet</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n could not be read: %1</source>
        <translation>
            <numerusform>%n war nicht lesbar: %1</numerusform>
            <numerusform>%n waren nicht lesbar: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>logged once a run: points, no curves</source>
        <translation>einmal je Lauf aufgezeichnet: Punkte, keine Kurven</translation>
    </message>
    <message>
        <source>No metric was logged</source>
        <translation>Keine Metrik aufgezeichnet</translation>
    </message>
    <message>
        <source>None of these runs has a figure whose history could be drawn.</source>
        <translation>Keiner dieser Läufe hat eine Kennzahl, deren Verlauf sich zeichnen ließe.</translation>
    </message>
    <message>
        <source>No metric is chosen</source>
        <translation>Keine Metrik gewählt</translation>
    </message>
    <message>
        <source>Choose a metric above; its history in each run stands here.</source>
        <translation>Oben eine Metrik wählen; hier steht ihr Verlauf in jedem Lauf.</translation>
    </message>
    <message>
        <source>The histories were not read</source>
        <translation>Die Verläufe wurden nicht gelesen</translation>
    </message>
    <message>
        <source>last</source>
        <translation>zuletzt</translation>
    </message>
    <message>
        <source>Nothing differs between these runs</source>
        <translation>Diese Läufe unterscheiden sich in nichts</translation>
    </message>
    <message>
        <source>No runs are compared.</source>
        <translation>Es werden keine Läufe verglichen.</translation>
    </message>
    <message>
        <source>There are no curves to save.</source>
        <translation>Es gibt keine Kurven zum Sichern.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu einlesen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Axes…</source>
        <translation>Achsen…</translation>
    </message>
    <message>
        <source>Clear limits</source>
        <translation>Grenzen löschen</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alles zeigen</translation>
    </message>
    <message>
        <source>Only differences</source>
        <translation>Nur Unterschiede</translation>
    </message>
    <message>
        <source>Logarithmic</source>
        <translation>Logarithmisch</translation>
    </message>
    <message>
        <source>View of the comparison</source>
        <translation>Ansicht des Vergleichs</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Parallel</source>
        <translation>Parallel</translation>
    </message>
    <message>
        <source>Scatter</source>
        <translation>Streuung</translation>
    </message>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>the comparison</source>
        <translation>der Vergleich</translation>
    </message>
    <message>
        <source>A table is saved as CSV or PNG.</source>
        <translation>Eine Tabelle wird als CSV oder PNG gesichert.</translation>
    </message>
    <message>
        <source>Filter, / to focus</source>
        <translation>Filtern, / setzt hierher</translation>
    </message>
    <message>
        <source>Parameters, metrics and tags of the runs</source>
        <translation>Parameter, Metriken und Tags der Läufe</translation>
    </message>
    <message>
        <source>Choose the axes</source>
        <translation>Achsen wählen</translation>
    </message>
    <message>
        <source>Across</source>
        <translation>Waagrecht</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Senkrecht</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>What the curves run over</source>
        <translation>Worüber die Kurven laufen</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Relative</source>
        <translation>Relativ</translation>
    </message>
    <message>
        <source>Exponential moving average without its bias to zero, as TensorBoard and MLflow show it; 0 is as logged</source>
        <translation>Exponentiell gleitendes Mittel ohne Verzerrung zur Null, wie TensorBoard und MLflow es zeigen; 0 ist wie aufgezeichnet</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Smoothing</source>
        <translation>Glättung</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ComparisonModel</name>
    <message>
        <source>Metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>Champion</source>
        <translation>Champion</translation>
    </message>
    <message>
        <source>Candidate</source>
        <translation>Kandidat</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>−50 %, 0, +50 %</source>
        <translation>−50 %, 0, +50 %</translation>
    </message>
    <message>
        <source>The change against the champion&apos;s value, with its 95 % interval</source>
        <translation>Die Änderung gegen den Wert des Champions, mit ihrem 95-%-Intervall</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95-%-Intervall</translation>
    </message>
    <message>
        <source>Paired bootstrap over the same rows</source>
        <translation>Gepaartes Bootstrap über dieselben Zeilen</translation>
    </message>
    <message>
        <source>Champion v%1</source>
        <translation>Champion v%1</translation>
    </message>
    <message>
        <source>Naive baseline</source>
        <translation>Naive Basis</translation>
    </message>
    <message>
        <source>Candidate v%1</source>
        <translation>Kandidat v%1</translation>
    </message>
    <message>
        <source>%1: %2 against %3, %4</source>
        <translation>%1: %2 gegen %3, %4</translation>
    </message>
    <message>
        <source>The candidate is %1. Change %2, 95 % interval %3 … %4.</source>
        <translation>Der Kandidat ist %1. Änderung %2, 95-%-Intervall %3 … %4.</translation>
    </message>
    <message>
        <source>%1 … %2</source>
        <translation>%1 … %2</translation>
    </message>
    <message>
        <source>95 % interval %1 … %2</source>
        <translation>95-%-Intervall %1 … %2</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ConfirmSheet</name>
    <message>
        <source>Undo: %1</source>
        <translation>Rücknahme: %1</translation>
    </message>
    <message>
        <source>Comment, kept with the decision</source>
        <translation>Kommentar, bleibt bei der Entscheidung</translation>
    </message>
    <message>
        <source>Type %1 to go on</source>
        <translation>%1 eintippen, um fortzufahren</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Type the name first.</source>
        <translation>Erst den Namen eintippen.</translation>
    </message>
    <message>
        <source>Write a comment first.</source>
        <translation>Erst einen Kommentar schreiben.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ConfusionView</name>
    <message>
        <source>%1 right</source>
        <translation>%1 richtig</translation>
    </message>
    <message>
        <source>no rows</source>
        <translation>keine Zeilen</translation>
    </message>
    <message>
        <source>%1 taken for %2: %3 %</source>
        <translation>%1 für %2 gehalten: %3 %</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ConnectionModel</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Signs in with</source>
        <translation>Meldet sich an mit</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>Benutzt von</translation>
    </message>
    <message>
        <source>Last answer</source>
        <translation>Letzte Antwort</translation>
    </message>
    <message>
        <source>Answered</source>
        <translation>Geantwortet</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>secret %1</source>
        <translation>Geheimnis %1</translation>
    </message>
    <message>
        <source>looking…</source>
        <translation>sieht nach …</translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation>noch nicht nachgesehen</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>typed name</source>
        <translation>Name eintippen</translation>
    </message>
    <message>
        <source>asks first</source>
        <translation>fragt vorher</translation>
    </message>
    <message>
        <source>read only</source>
        <translation>nur lesen</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>Modus</translation>
    </message>
    <message>
        <source>How a write is asked for</source>
        <translation>Wie vor einer Änderung gefragt wird</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>Image registry</source>
        <translation>Image-Registry</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ConnectionsPanel</name>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Connections of the workspace</source>
        <translation>Verbindungen des Arbeitsbereichs</translation>
    </message>
    <message>
        <source>Add connection</source>
        <translation>Verbindung anlegen</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>How the workspace file calls it</source>
        <translation>Wie die Arbeitsbereichsdatei sie nennt</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>User</source>
        <translation>Benutzer</translation>
    </message>
    <message>
        <source>Secret&apos;s name</source>
        <translation>Name des Geheimnisses</translation>
    </message>
    <message>
        <source>Only this name stands in the file</source>
        <translation>Nur dieser Name steht in der Datei</translation>
    </message>
    <message>
        <source>Token or password</source>
        <translation>Token oder Kennwort</translation>
    </message>
    <message>
        <source>Goes to the keychain. Never written to files, logs or the journal.</source>
        <translation>Kommt in den Schlüsselbund. Nie in Dateien, Protokolle oder das Journal.</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Choose a connection first.</source>
        <translation>Erst eine Verbindung wählen.</translation>
    </message>
    <message>
        <source>Test connection %1</source>
        <translation>Verbindung %1 prüfen</translation>
    </message>
    <message>
        <source>Test all</source>
        <translation>Alle prüfen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Needs role operator.</source>
        <translation>Braucht die Rolle operator.</translation>
    </message>
    <message>
        <source>Model %1 uses it.</source>
        <translation>Modell %1 benutzt sie.</translation>
    </message>
    <message>
        <source>Remove connection</source>
        <translation>Verbindung entfernen</translation>
    </message>
    <message>
        <source>%1 leaves the workspace file; its data stay where they are.</source>
        <translation>%1 verlässt die Arbeitsbereichsdatei; ihre Daten bleiben, wo sie sind.</translation>
    </message>
    <message>
        <source>Add it again.</source>
        <translation>Sie wieder anlegen.</translation>
    </message>
    <message>
        <source>Remove connection %1</source>
        <translation>Verbindung %1 entfernen</translation>
    </message>
    <message>
        <source>Connection %1 is removed</source>
        <translation>Verbindung %1 ist entfernt</translation>
    </message>
    <message>
        <source>Give it a name.</source>
        <translation>Ihr einen Namen geben.</translation>
    </message>
    <message>
        <source>The name is taken.</source>
        <translation>Der Name ist vergeben.</translation>
    </message>
    <message>
        <source>Give its folder.</source>
        <translation>Ihren Ordner angeben.</translation>
    </message>
    <message>
        <source>Give its address.</source>
        <translation>Ihre Adresse angeben.</translation>
    </message>
    <message>
        <source>Give the secret a name.</source>
        <translation>Dem Geheimnis einen Namen geben.</translation>
    </message>
    <message>
        <source>It is being saved.</source>
        <translation>Es wird gespeichert.</translation>
    </message>
    <message>
        <source>Connection %1 is added</source>
        <translation>Verbindung %1 ist angelegt</translation>
    </message>
    <message>
        <source>The workspace file is read again.</source>
        <translation>Die Arbeitsbereichsdatei wird neu gelesen.</translation>
    </message>
    <message>
        <source>No connections</source>
        <translation>Keine Verbindungen</translation>
    </message>
    <message numerus="yes">
        <source>%n answer</source>
        <translation>
            <numerusform>%n antwortet</numerusform>
            <numerusform>%n antworten</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n fail</source>
        <translation>
            <numerusform>%n scheitert</numerusform>
            <numerusform>%n scheitern</numerusform>
        </translation>
    </message>
    <message>
        <source>No connection chosen</source>
        <translation>Keine Verbindung gewählt</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Secrets: %1, none in files</source>
        <translation>Geheimnisse: %1, keine in Dateien</translation>
    </message>
    <message>
        <source>A connection to this machine holds registry, journal and serving in a folder; add one on the right.</source>
        <translation>Eine Verbindung zu diesem Rechner hält Register, Journal und Bereitstellung in einem Ordner; rechts lässt sie sich hinzufügen.</translation>
    </message>
    <message>
        <source>What it is, what it is for and what its last look found.</source>
        <translation>Was sie ist, wozu sie dient und was der letzte Blick ergab.</translation>
    </message>
    <message>
        <source>Test again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>Secret</source>
        <translation>Geheimnis</translation>
    </message>
    <message>
        <source>none needed</source>
        <translation>keines nötig</translation>
    </message>
    <message>
        <source>Writes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>Benutzt von</translation>
    </message>
    <message>
        <source>no model yet</source>
        <translation>noch keinem Modell</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>looking…</source>
        <translation>schaut nach…</translation>
    </message>
    <message>
        <source>not looked at yet</source>
        <translation>noch nicht angesehen</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>Kontext</translation>
    </message>
    <message>
        <source>Take its secrets into the keychain</source>
        <translation>Geheimnisse in den Schlüsselbund übernehmen</translation>
    </message>
    <message>
        <source>Server, certificates and token are taken over; the kubeconfig is needed no more.</source>
        <translation>Server, Zertifikate und Token werden übernommen; die Kubeconfig wird nicht mehr gebraucht.</translation>
    </message>
    <message>
        <source>Credential and rights</source>
        <translation>Anmeldung und Rechte</translation>
    </message>
    <message>
        <source>Choose a cluster first.</source>
        <translation>Erst einen Cluster wählen.</translation>
    </message>
    <message>
        <source>Secrets</source>
        <translation>Geheimnisse</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Workspace ist offen.</translation>
    </message>
    <message>
        <source>Of the kubeconfig</source>
        <translation>Der Kubeconfig</translation>
    </message>
    <message>
        <source>as usual</source>
        <translation>wie üblich</translation>
    </message>
    <message>
        <source>It is being looked at.</source>
        <translation>Es wird nachgesehen.</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Nobody signs in for it: it has no login: device.</source>
        <translation>Für sie meldet sich niemand an: Sie hat kein login: device.</translation>
    </message>
    <message>
        <source>Sign in for %1</source>
        <translation>Für %1 anmelden</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::CurvesPlot</name>
    <message>
        <source>Curves of a metric</source>
        <translation>Kurven einer Metrik</translation>
    </message>
    <message>
        <source>%1, smoothed %2</source>
        <translation>%1, geglättet %2</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>seconds since the first point</source>
        <translation>Sekunden seit dem ersten Punkt</translation>
    </message>
    <message>
        <source>No value above zero: a logarithmic axis shows nothing of it</source>
        <translation>Kein Wert über null: eine logarithmische Achse zeigt nichts davon</translation>
    </message>
    <message>
        <source>No finite value was logged</source>
        <translation>Kein endlicher Wert aufgezeichnet</translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>und %n weitere</numerusform>
            <numerusform>und %n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>step %1</source>
        <translation>Schritt %1</translation>
    </message>
    <message>
        <source>after %1</source>
        <translation>nach %1</translation>
    </message>
    <message numerus="yes">
        <source>%n curves of %1. </source>
        <translation>
            <numerusform>%n Kurve von %1. </numerusform>
            <numerusform>%n Kurven von %1. </numerusform>
        </translation>
    </message>
    <message>
        <source>run</source>
        <translation>ausführen</translation>
    </message>
    <message>
        <source>points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>first</source>
        <translation>erster</translation>
    </message>
    <message>
        <source>last</source>
        <translation>zuletzt</translation>
    </message>
    <message>
        <source>least</source>
        <translation>kleinster</translation>
    </message>
    <message>
        <source>greatest</source>
        <translation>größter</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::DependencePlot</name>
    <message>
        <source>average</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>one row (ICE)</source>
        <translation>eine Zeile (ICE)</translation>
    </message>
    <message>
        <source>deciles of the rows</source>
        <translation>Dezile der Zeilen</translation>
    </message>
    <message>
        <source>one row (ICE), %1 of %2 drawn</source>
        <translation>eine Zeile (ICE), %1 von %2 gezeichnet</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::DetailsSheet</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::DiffView</name>
    <message>
        <source>What changes, line by line</source>
        <translation>Was sich ändert, Zeile für Zeile</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::DriftPanel</name>
    <message>
        <source>Drift</source>
        <translation>Drift</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>Inputs against the training data</source>
        <translation>Eingaben gegen die Trainingsdaten</translation>
    </message>
    <message>
        <source>Features</source>
        <translation>Merkmale</translation>
    </message>
    <message>
        <source>Distribution</source>
        <translation>Verteilung</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>asked</source>
        <translation>angefragt</translation>
    </message>
    <message>
        <source>Rules of the policy with the numbers they saw</source>
        <translation>Regeln mit den Zahlen, die sie sahen</translation>
    </message>
    <message>
        <source>Decisions of the policy</source>
        <translation>Entscheidungen der Regel</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Entscheidungen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>Erst ein Modell wählen.</translation>
    </message>
    <message>
        <source>Check now</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Check the policy of %1</source>
        <translation>Regel von %1 nachsehen lassen</translation>
    </message>
    <message>
        <source>The policy of %1 has looked</source>
        <translation>Die Regel von %1 hat nachgesehen</translation>
    </message>
    <message>
        <source>Retrain</source>
        <translation>Neu trainieren</translation>
    </message>
    <message>
        <source>Retrain %1</source>
        <translation>%1 neu trainieren</translation>
    </message>
    <message>
        <source>Retraining of %1 has started</source>
        <translation>Das Training von %1 hat begonnen</translation>
    </message>
    <message>
        <source>Switch off retraining of %1</source>
        <translation>Automatisches Training von %1 ausschalten</translation>
    </message>
    <message>
        <source>Switch on retraining of %1</source>
        <translation>Automatisches Training von %1 einschalten</translation>
    </message>
    <message>
        <source>%1 is no longer retrained by itself</source>
        <translation>%1 wird nicht mehr von selbst trainiert</translation>
    </message>
    <message>
        <source>%1 is retrained by its policy</source>
        <translation>%1 wird nach seiner Regel trainiert</translation>
    </message>
    <message>
        <source>Show drift</source>
        <translation>Drift zeigen</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Show drift of %1</source>
        <translation>Drift von %1 zeigen</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>Noch keine Modelle</translation>
    </message>
    <message>
        <source>What a served model is asked is compared with what it was trained on, here.</source>
        <translation>Was ein ausgeliefertes Modell gefragt wird, wird hier mit seinen Trainingsdaten verglichen.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>%1 labelled rows</source>
        <translation>%1 Zeilen mit Label</translation>
    </message>
    <message>
        <source>No labels yet</source>
        <translation>Noch keine Labels</translation>
    </message>
    <message>
        <source>The error is known once labels reach the endpoint (POST /labels).</source>
        <translation>Der Fehler ist bekannt, sobald Labels den Endpunkt erreichen (POST /labels).</translation>
    </message>
    <message>
        <source>%1 of %2 over time, %3 now</source>
        <translation>%1 von %2 über die Zeit, jetzt %3</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenzwert %1</translation>
    </message>
    <message>
        <source>Nothing asked yet</source>
        <translation>Noch nichts angefragt</translation>
    </message>
    <message>
        <source>Each input is compared with the training data once the endpoint is asked.</source>
        <translation>Jede Eingabe wird mit den Trainingsdaten verglichen, sobald der Endpunkt gefragt wird.</translation>
    </message>
    <message>
        <source>No distribution yet</source>
        <translation>Noch keine Verteilung</translation>
    </message>
    <message>
        <source>effect size decides, %1 rows vs %2</source>
        <translation>die Stärke der Wirkung entscheidet, %1 Zeilen gegen %2</translation>
    </message>
    <message>
        <source>No decision yet</source>
        <translation>Noch keine Entscheidung</translation>
    </message>
    <message>
        <source>automatic</source>
        <translation>automatisch</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>ausgeschaltet</translation>
    </message>
    <message>
        <source>The policy has not looked yet. Check now to see its rules and numbers.</source>
        <translation>Die Regel hat noch nicht nachgesehen. Jetzt nachsehen, um ihre Regeln und Zahlen zu sehen.</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>Next retrain allowed %1.</source>
        <translation>Nächstes Training erlaubt %1.</translation>
    </message>
    <message>
        <source>%1 %2 over limit</source>
        <translation>%1 %2 über dem Grenzwert</translation>
    </message>
    <message>
        <source>Drift high, %1</source>
        <translation>Drift hoch, %1</translation>
    </message>
    <message>
        <source>Why, and what the policy says</source>
        <translation>Warum, und was die Regel sagt</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Einschalten</translation>
    </message>
    <message>
        <source>PSI %1</source>
        <translation>PSI %1</translation>
    </message>
    <message>
        <source>%1 of %2 inputs drifted, %3 most (%4).</source>
        <translation>%1 von %2 Eingaben sind gedriftet, am stärksten %3 (%4).</translation>
    </message>
    <message>
        <source>No input drifted; %1 moved most (%2).</source>
        <translation>Keine Eingabe ist gedriftet; am meisten bewegte sich %1 (%2).</translation>
    </message>
    <message>
        <source>Nothing was asked yet, so there is no drift to see.</source>
        <translation>Noch wurde nichts gefragt, also ist keine Drift zu sehen.</translation>
    </message>
    <message>
        <source>%1 is %2 and breaks its limit %3.</source>
        <translation>%1 ist %2 und überschreitet die Grenze %3.</translation>
    </message>
    <message>
        <source>%1 is %2 and keeps its limit %3.</source>
        <translation>%1 ist %2 und hält die Grenze %3 ein.</translation>
    </message>
    <message>
        <source>Switch automatic retraining</source>
        <translation>Automatisches Nachtrainieren umschalten</translation>
    </message>
    <message>
        <source>Every look of the policy is kept, also when it skips. Check now makes the first.</source>
        <translation>Jeder Blick der Regel wird aufgehoben, auch wenn sie nichts tut. Jetzt prüfen macht den ersten.</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Bericht…</translation>
    </message>
    <message>
        <source>What stands beside the features</source>
        <translation>Was neben den Merkmalen steht</translation>
    </message>
    <message>
        <source>By day</source>
        <translation>Nach Tagen</translation>
    </message>
    <message>
        <source>PSI by day</source>
        <translation>PSI nach Tagen</translation>
    </message>
    <message>
        <source>PSI of each input by day</source>
        <translation>PSI jeder Eingabe nach Tagen</translation>
    </message>
    <message>
        <source>Save drift report…</source>
        <translation>Drift-Bericht speichern…</translation>
    </message>
    <message>
        <source>Save drift report</source>
        <translation>Drift-Bericht speichern</translation>
    </message>
    <message>
        <source>No days yet</source>
        <translation>Noch keine Tage</translation>
    </message>
    <message>
        <source>Each day of what the endpoint is asked is compared with the training data here.</source>
        <translation>Jeder Tag dessen, was der Endpunkt gefragt wird, wird hier mit den Trainingsdaten verglichen.</translation>
    </message>
    <message>
        <source>0 to %1, dot from %2; hatched: too few rows</source>
        <translation>0 bis %1, Punkt ab %2; schraffiert: zu wenige Zeilen</translation>
    </message>
    <message>
        <source>Why did accuracy drop?</source>
        <translation>Warum ist die Genauigkeit gesunken?</translation>
    </message>
    <message>
        <source>No labels came yet, so nothing tells that it dropped.</source>
        <translation>Es kamen noch keine Labels, also sagt nichts, dass sie gesunken ist.</translation>
    </message>
    <message>
        <source>Why did the accuracy of %1 drop?</source>
        <translation>Warum ist die Genauigkeit von %1 gesunken?</translation>
    </message>
    <message>
        <source>%1 predictions, none with a label. Labels come by POST /labels on the endpoint; `pilot accuracy %2 --labels FILE` looks at those of a file.</source>
        <translation>%1 Vorhersagen, keine mit einem Label. Labels kommen über POST /labels am Endpunkt; `pilot accuracy %2 --labels DATEI` sieht die einer Datei an.</translation>
    </message>
    <message>
        <source>no labels yet, estimated</source>
        <translation>noch keine Labels, geschätzt</translation>
    </message>
    <message>
        <source>%1 of %2 predictions have a label</source>
        <translation>%1 von %2 Vorhersagen haben ein Label</translation>
    </message>
    <message>
        <source>Dashed: estimated without labels, %1, learned from %2. A change of what the inputs mean is not seen.</source>
        <translation>Gestrichelt: ohne Labels geschätzt, %1, gelernt aus %2. Eine Änderung dessen, was die Eingaben bedeuten, wird nicht gesehen.</translation>
    </message>
    <message>
        <source>Not estimated: %1</source>
        <translation>Nicht geschätzt: %1</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>Bearbeiten…</translation>
    </message>
    <message>
        <source>Save accuracy report…</source>
        <translation>Genauigkeitsbericht sichern …</translation>
    </message>
    <message>
        <source>Its prediction log has not been read, or there is none on this machine.</source>
        <translation>Sein Vorhersageprotokoll wurde noch nicht gelesen, oder auf diesem Rechner gibt es keines.</translation>
    </message>
    <message>
        <source>Save accuracy report</source>
        <translation>Genauigkeitsbericht sichern</translation>
    </message>
    <message>
        <source>The workspace names no service elsewhere that serves it (endpoint: {url: …}).</source>
        <translation>Der Arbeitsbereich nennt keinen Dienst anderswo, der es bedient (endpoint: {url: …}).</translation>
    </message>
    <message>
        <source>Retrain by the service</source>
        <translation>Durch den Dienst neu trainieren</translation>
    </message>
    <message>
        <source>Have the service of %1 retrain it</source>
        <translation>Den Dienst von %1 neu trainieren lassen</translation>
    </message>
    <message>
        <source>The service of %1 retrains it</source>
        <translation>Der Dienst von %1 trainiert es neu</translation>
    </message>
    <message>
        <source>Switch off retraining by the service</source>
        <translation>Neutraining durch den Dienst ausschalten</translation>
    </message>
    <message>
        <source>Switch off retraining by the service of %1</source>
        <translation>Neutraining durch den Dienst von %1 ausschalten</translation>
    </message>
    <message>
        <source>The service of %1 no longer retrains it by itself</source>
        <translation>Der Dienst von %1 trainiert es nicht mehr von selbst neu</translation>
    </message>
    <message>
        <source>Switch on retraining by the service</source>
        <translation>Neutraining durch den Dienst einschalten</translation>
    </message>
    <message>
        <source>Switch on retraining by the service of %1</source>
        <translation>Neutraining durch den Dienst von %1 einschalten</translation>
    </message>
    <message>
        <source>The service of %1 retrains it by its policy</source>
        <translation>Der Dienst von %1 trainiert es nach seinen Regeln neu</translation>
    </message>
    <message>
        <source>There is no day yet.</source>
        <translation>Noch gibt es keinen Tag.</translation>
    </message>
    <message>
        <source>What it answers moved (%1, PSI %2).</source>
        <translation>Was es antwortet, hat sich verschoben (%1, PSI %2).</translation>
    </message>
    <message>
        <source>The true values moved (%1, PSI %2).</source>
        <translation>Die wahren Werte haben sich verschoben (%1, PSI %2).</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::EndpointSheet</name>
    <message>
        <source>Read /openapi.json</source>
        <translation>/openapi.json lesen</translation>
    </message>
    <message>
        <source>Try a typical row</source>
        <translation>Typische Zeile versuchen</translation>
    </message>
    <message>
        <source>Use this endpoint</source>
        <translation>Diesen Endpunkt nutzen</translation>
    </message>
    <message>
        <source>Endpoint of %1</source>
        <translation>Endpunkt von %1</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>POST /predict, rows by names</source>
        <translation>POST /predict, Zeilen nach Namen</translation>
    </message>
    <message>
        <source>A request profile of its own</source>
        <translation>Ein eigenes Anfrageprofil</translation>
    </message>
    <message>
        <source>How it is asked</source>
        <translation>Wie er gefragt wird</translation>
    </message>
    <message>
        <source>Request profile</source>
        <translation>Anfrageprofil</translation>
    </message>
    <message>
        <source>Secret, by name</source>
        <translation>Geheimnis, beim Namen</translation>
    </message>
    <message>
        <source>Of the login, or the API key.</source>
        <translation>Der Anmeldung, oder der API-Schlüssel.</translation>
    </message>
    <message>
        <source>Its value</source>
        <translation>Sein Wert</translation>
    </message>
    <message>
        <source>Goes to the keychain; empty keeps what is there.</source>
        <translation>Kommt in den Schlüsselbund; leer lässt, was dort ist.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Wait for the answer.</source>
        <translation>Die Antwort abwarten.</translation>
    </message>
    <message>
        <source>Give its address.</source>
        <translation>Seine Adresse angeben.</translation>
    </message>
    <message>
        <source>No version is there yet whose inputs could be sent.</source>
        <translation>Es gibt noch keine Version, deren Eingaben man senden könnte.</translation>
    </message>
    <message>
        <source>Reading /openapi.json …</source>
        <translation>/openapi.json wird gelesen …</translation>
    </message>
    <message>
        <source>Proposed from /openapi.json, with its login: fill in the user, and the secret below.</source>
        <translation>Aus /openapi.json vorgeschlagen, mit Anmeldung: den Benutzer eintragen und unten das Geheimnis.</translation>
    </message>
    <message>
        <source>Proposed from /openapi.json. Try it before it is used.</source>
        <translation>Aus /openapi.json vorgeschlagen. Vor dem Gebrauch versuchen.</translation>
    </message>
    <message>
        <source>Asking …</source>
        <translation>Wird gefragt …</translation>
    </message>
    <message>
        <source>It answers %1 in %2 ms%3.</source>
        <translation>Er antwortet %1 in %2 ms%3.</translation>
    </message>
    <message>
        <source>, version %1</source>
        <translation>, Version %1</translation>
    </message>
    <message>
        <source>%1 is asked at %2</source>
        <translation>%1 wird bei %2 gefragt</translation>
    </message>
    <message>
        <source>The workspace file is read again.</source>
        <translation>Die Arbeitsbereichsdatei wird neu gelesen.</translation>
    </message>
    <message>
        <source>Places: {{row}} {{values}} {{rows}} {{named_rows}} {{tensors}} {{input:NAME}}</source>
        <translation>Plätze: {{row}} {{values}} {{rows}} {{named_rows}} {{tensors}} {{input:NAME}}</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::EnvironmentModels</name>
    <message>
        <source>waits for approval</source>
        <translation>wartet auf Zustimmung</translation>
    </message>
    <message>
        <source>v%1 can go on to %2</source>
        <translation>v%1 kann nach %2 weiter</translation>
    </message>
    <message>
        <source>nothing is live here</source>
        <translation>nichts ist hier live</translation>
    </message>
    <message>
        <source>copy of %1</source>
        <translation>Kopie von %1</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>What the alias of this environment points to</source>
        <translation>Worauf der Alias dieser Umgebung zeigt</translation>
    </message>
    <message>
        <source>Newest</source>
        <translation>Neueste</translation>
    </message>
    <message>
        <source>%1, live %2, newest %3, %4</source>
        <translation>%1, live %2, neueste %3, %4</translation>
    </message>
    <message numerus="yes">
        <source>%n needed</source>
        <translation>
            <numerusform>%n nötig</numerusform>
            <numerusform>%n nötig</numerusform>
        </translation>
    </message>
    <message>
        <source>as each model says</source>
        <translation>wie jedes Modell sagt</translation>
    </message>
    <message>
        <source>, not one&apos;s own</source>
        <translation>, nicht die eigene</translation>
    </message>
    <message>
        <source>Your role</source>
        <translation>Eigene Rolle</translation>
    </message>
    <message>
        <source>Guard</source>
        <translation>Schutz</translation>
    </message>
    <message>
        <source>read-only</source>
        <translation>nur lesen</translation>
    </message>
    <message>
        <source>writes ask for the name</source>
        <translation>Schreiben fragt nach dem Namen</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Approvals</source>
        <translation>Zustimmungen</translation>
    </message>
    <message>
        <source>Gates</source>
        <translation>Tore</translation>
    </message>
    <message>
        <source>those of the recipe</source>
        <translation>die des Rezepts</translation>
    </message>
    <message>
        <source>Alias</source>
        <translation>Alias</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>Erst ein Modell wählen.</translation>
    </message>
    <message>
        <source>%1 is the last of its chain.</source>
        <translation>%1 ist die letzte ihrer Kette.</translation>
    </message>
    <message>
        <source>Nothing of %1 is live in %2.</source>
        <translation>Nichts von %1 ist live in %2.</translation>
    </message>
    <message>
        <source>v%1 is live in %2, waits there, or the model does not go through it.</source>
        <translation>v%1 ist in %2 live, wartet dort, oder das Modell geht nicht hindurch.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::EnvironmentsView</name>
    <message>
        <source>Environments</source>
        <translation>Umgebungen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>No environments</source>
        <translation>Keine Umgebungen</translation>
    </message>
    <message>
        <source>Name them in the workspace file under environments: dev, staging and prod, each with its registry, gates and approvals. A version then goes from one into the next.</source>
        <translation>In der Arbeitsbereichsdatei unter environments benennen: dev, staging und prod, jede mit ihrer Registry, ihren Toren und Zustimmungen. Eine Version geht dann von einer in die nächste.</translation>
    </message>
    <message>
        <source>then %1</source>
        <translation>dann %1</translation>
    </message>
    <message>
        <source>Models in %1</source>
        <translation>Modelle in %1</translation>
    </message>
    <message>
        <source>Promote to %1</source>
        <translation>Für %1 freigeben</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ExplainForm</name>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>One row</source>
        <translation>Eine Zeile</translation>
    </message>
    <message>
        <source>Data set</source>
        <translation>Datensatz</translation>
    </message>
    <message>
        <source>One input</source>
        <translation>Eine Eingabe</translation>
    </message>
    <message>
        <source>each by itself</source>
        <translation>jede für sich</translation>
    </message>
    <message>
        <source>series by series</source>
        <translation>Reihe für Reihe</translation>
    </message>
    <message>
        <source>lag by lag</source>
        <translation>Schritt für Schritt zurück</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Who is asked</source>
        <translation>Wer gefragt wird</translation>
    </message>
    <message>
        <source>What is explained</source>
        <translation>Was erklärt wird</translation>
    </message>
    <message>
        <source>Input that varies</source>
        <translation>Eingabe, die sich ändert</translation>
    </message>
    <message>
        <source>Method</source>
        <translation>Verfahren</translation>
    </message>
    <message>
        <source>Output</source>
        <translation>Ausgabe</translation>
    </message>
    <message>
        <source>Inputs of the forecast</source>
        <translation>Eingaben der Vorhersage</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>With the columns that the recipe names</source>
        <translation>Mit den Spalten, die das Rezept nennt</translation>
    </message>
    <message>
        <source>Row</source>
        <translation>Zeile</translation>
    </message>
    <message>
        <source>Choose a data file</source>
        <translation>Datendatei wählen</translation>
    </message>
    <message>
        <source>Open a data file</source>
        <translation>Datendatei öffnen</translation>
    </message>
    <message>
        <source>Tables (*.csv *.csv.gz *.tsv *.txt);;All files (*)</source>
        <translation>Tabellen (*.csv *.csv.gz *.tsv *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>as set in What-if</source>
        <translation>wie in Was-wäre eingestellt</translation>
    </message>
    <message>
        <source>sample of the package</source>
        <translation>Stichprobe des Pakets</translation>
    </message>
    <message>
        <source>a file</source>
        <translation>eine Datei</translation>
    </message>
    <message>
        <source>what the endpoint was asked</source>
        <translation>was der Endpunkt gefragt wurde</translation>
    </message>
    <message>
        <source>Nothing serves it.</source>
        <translation>Nichts stellt es bereit.</translation>
    </message>
    <message>
        <source>It may log each row that the method needs.</source>
        <translation>Er protokolliert vielleicht jede Zeile, die das Verfahren braucht.</translation>
    </message>
    <message>
        <source>Rows at most</source>
        <translation>Zeilen höchstens</translation>
    </message>
    <message>
        <source>Row, 0 is the newest</source>
        <translation>Zeile, 0 ist die neueste</translation>
    </message>
    <message>
        <source>Row, counted from 0</source>
        <translation>Zeile, von 0 gezählt</translation>
    </message>
    <message>
        <source>as many as suit the method</source>
        <translation>so viele wie zum Verfahren passen</translation>
    </message>
    <message>
        <source>There is no version to explain.</source>
        <translation>Es gibt keine Version zu erklären.</translation>
    </message>
    <message>
        <source>The version is being read.</source>
        <translation>Die Version wird gelesen.</translation>
    </message>
    <message>
        <source>The version cannot be read.</source>
        <translation>Die Version lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>Choose the input that varies.</source>
        <translation>Die Eingabe wählen, die sich ändert.</translation>
    </message>
    <message>
        <source>Choose a file first.</source>
        <translation>Erst eine Datei wählen.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ExplainPage</name>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Erklären</translation>
    </message>
    <message>
        <source>Progress of the explanation</source>
        <translation>Fortschritt der Erklärung</translation>
    </message>
    <message>
        <source>Explanation</source>
        <translation>Erklärung</translation>
    </message>
    <message>
        <source>v%1, champion</source>
        <translation>v%1, Champion</translation>
    </message>
    <message>
        <source>v%1, candidate</source>
        <translation>v%1, Kandidat</translation>
    </message>
    <message>
        <source>v%1</source>
        <translation>v%1</translation>
    </message>
    <message>
        <source>No version yet</source>
        <translation>Noch keine Version</translation>
    </message>
    <message>
        <source>Train once and register the candidate; then it can be explained here.</source>
        <translation>Einmal trainieren und den Kandidaten registrieren; dann lässt er sich hier erklären.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>It is being explained.</source>
        <translation>Es wird gerade erklärt.</translation>
    </message>
    <message>
        <source>Nothing is being explained.</source>
        <translation>Es wird nichts erklärt.</translation>
    </message>
    <message>
        <source>%1: why this answer</source>
        <translation>%1: warum diese Antwort</translation>
    </message>
    <message>
        <source>%1: what it looks at</source>
        <translation>%1: worauf es achtet</translation>
    </message>
    <message>
        <source>%1: response to %2</source>
        <translation>%1: Reaktion auf %2</translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>Nothing explained yet</source>
        <translation>Noch nichts erklärt</translation>
    </message>
    <message>
        <source>What the model looks at, over many rows or for one, and how it responds to an input: choose what, then “Explain”.</source>
        <translation>Worauf das Modell achtet, über viele Zeilen oder bei einer, und wie es auf eine Eingabe reagiert: wählen, was, dann „Erklären“.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>hält an …</translation>
    </message>
    <message>
        <source>starting…</source>
        <translation>beginnt …</translation>
    </message>
    <message>
        <source>Something else was chosen since.</source>
        <translation>Seither wurde etwas anderes gewählt.</translation>
    </message>
    <message>
        <source>Explain again</source>
        <translation>Neu erklären</translation>
    </message>
    <message>
        <source>Nothing is explained yet.</source>
        <translation>Noch ist nichts erklärt.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ExplanationText</name>
    <message>
        <source>%1 by %2</source>
        <translation>%1 um %2</translation>
    </message>
    <message>
        <source>From %1%3 on average to %2%3.</source>
        <translation>Von %1%3 im Mittel zu %2%3.</translation>
    </message>
    <message>
        <source>Near this row a straight line says %1%3, the model %2%3.</source>
        <translation>Nahe dieser Zeile sagt eine Gerade %1%3, das Modell %2%3.</translation>
    </message>
    <message>
        <source>Near this row a straight line says %1%3, the model %2%3: it fits badly (R² %4), so trust it little.</source>
        <translation>Nahe dieser Zeile sagt eine Gerade %1%3, das Modell %2%3: Sie passt schlecht (R² %4), ihr ist wenig zu trauen.</translation>
    </message>
    <message>
        <source>Raised: %1.</source>
        <translation>Erhöht: %1.</translation>
    </message>
    <message>
        <source>Lowered: %1.</source>
        <translation>Gesenkt: %1.</translation>
    </message>
    <message>
        <source>No input moves it.</source>
        <translation>Keine Eingabe bewegt sie.</translation>
    </message>
    <message>
        <source>No input moves the answers.</source>
        <translation>Keine Eingabe bewegt die Antworten.</translation>
    </message>
    <message>
        <source>No input is missed: shuffled, none makes %1 worse.</source>
        <translation>Keine Eingabe fehlt: Gemischt macht keine %1 schlechter.</translation>
    </message>
    <message>
        <source>What moves the answers most: %1.</source>
        <translation>Was die Antworten am meisten bewegt: %1.</translation>
    </message>
    <message>
        <source>Shuffled, these make %1 worse most: %2.</source>
        <translation>Gemischt machen diese %1 am meisten schlechter: %2.</translation>
    </message>
    <message>
        <source>There is nothing to vary %1 over.</source>
        <translation>Es gibt nichts, worüber %1 sich ändern ließe.</translation>
    </message>
    <message>
        <source>On average from %1%3 at %4 = %5 to %2%3 at %4 = %6.</source>
        <translation>Im Mittel von %1%3 bei %4 = %5 bis %2%3 bei %4 = %6.</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>SHAP values</source>
        <translation>SHAP-Werte</translation>
    </message>
    <message>
        <source>TreeSHAP</source>
        <translation>TreeSHAP</translation>
    </message>
    <message>
        <source>Linear SHAP</source>
        <translation>Linear SHAP</translation>
    </message>
    <message>
        <source>Kernel SHAP</source>
        <translation>Kernel SHAP</translation>
    </message>
    <message>
        <source>Integrated gradients</source>
        <translation>Integrierte Gradienten</translation>
    </message>
    <message>
        <source>LIME</source>
        <translation>LIME</translation>
    </message>
    <message>
        <source>Permutation importance</source>
        <translation>Permutationswichtigkeit</translation>
    </message>
    <message>
        <source>Partial dependence, ICE</source>
        <translation>Partielle Abhängigkeit, ICE</translation>
    </message>
    <message>
        <source>The model&apos;s own SHAP values where it has them, else Kernel SHAP.</source>
        <translation>Die eigenen SHAP-Werte des Modells, wo es sie hat, sonst Kernel SHAP.</translation>
    </message>
    <message>
        <source>The model&apos;s own SHAP values where it has them; else permutation importance where the truth is known, else Kernel SHAP.</source>
        <translation>Die eigenen SHAP-Werte des Modells, wo es sie hat; sonst Permutationswichtigkeit, wo die Wahrheit bekannt ist, sonst Kernel SHAP.</translation>
    </message>
    <message>
        <source>Exact, from the trees themselves; base and contributions sum to their answer.</source>
        <translation>Genau, aus den Bäumen selbst; Basis und Beiträge ergeben zusammen ihre Antwort.</translation>
    </message>
    <message>
        <source>Each coefficient times the distance to the mean of the background.</source>
        <translation>Jeder Koeffizient mal dem Abstand zum Mittel des Hintergrunds.</translation>
    </message>
    <message>
        <source>For any model: asks it with inputs exchanged for those of background rows.</source>
        <translation>Für jedes Modell: fragt es mit Eingaben, die gegen solche von Hintergrundzeilen getauscht sind.</translation>
    </message>
    <message>
        <source>For networks: the gradient, summed on the way from the mean row to this one.</source>
        <translation>Für Netze: der Gradient, summiert auf dem Weg von der mittleren Zeile zu dieser.</translation>
    </message>
    <message>
        <source>For any model: a straight line fitted near the row. R² says how well it fits.</source>
        <translation>Für jedes Modell: eine Gerade, nahe der Zeile angepasst. R² sagt, wie gut sie passt.</translation>
    </message>
    <message>
        <source>How much worse the metric gets when an input is shuffled. Needs rows with their true value.</source>
        <translation>Wie viel schlechter die Metrik wird, wenn eine Eingabe gemischt wird. Braucht Zeilen mit ihrem wahren Wert.</translation>
    </message>
    <message>
        <source>The answer as one input changes: of each row (thin) and on average (thick).</source>
        <translation>Die Antwort, während sich eine Eingabe ändert: jeder Zeile (dünn) und im Mittel (dick).</translation>
    </message>
    <message>
        <source>prediction</source>
        <translation>Vorhersage</translation>
    </message>
    <message>
        <source>probability of %1</source>
        <translation>Wahrscheinlichkeit von %1</translation>
    </message>
    <message>
        <source>log-odds of %1</source>
        <translation>logarithmierte Chance von %1</translation>
    </message>
    <message>
        <source>score of %1 before softmax</source>
        <translation>Wert von %1 vor Softmax</translation>
    </message>
    <message>
        <source>the trees&apos; share for %1 before normalising</source>
        <translation>Anteil der Bäume für %1 vor dem Normieren</translation>
    </message>
    <message>
        <source>%1 %2 before shuffling</source>
        <translation>%1 %2 vor dem Mischen</translation>
    </message>
    <message>
        <source>row %1</source>
        <translation>Zeile %1</translation>
    </message>
    <message numerus="yes">
        <source>%n row(s)</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>R² %1</source>
        <translation>R² %1</translation>
    </message>
    <message numerus="yes">
        <source>%n sample(s)</source>
        <translation>
            <numerusform>%n Probe</numerusform>
            <numerusform>%n Proben</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n repeat(s)</source>
        <translation>
            <numerusform>%n Wiederholung</numerusform>
            <numerusform>%n Wiederholungen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n background row(s)</source>
        <translation>
            <numerusform>%n Hintergrundzeile</numerusform>
            <numerusform>%n Hintergrundzeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>seed %1</source>
        <translation>Startwert %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ExplanationView</name>
    <message>
        <source>Bars of the explanation</source>
        <translation>Balken der Erklärung</translation>
    </message>
    <message>
        <source>Partial dependence</source>
        <translation>Partielle Abhängigkeit</translation>
    </message>
    <message>
        <source>The strongest %1 of %2 bars; the CSV file has all.</source>
        <translation>Die stärksten %1 von %2 Balken; die CSV-Datei hat alle.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ExportButton</name>
    <message>
        <source>Save</source>
        <translation>Sichern</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gesichert</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Save %1 as CSV…</source>
        <translation>Als CSV sichern: %1…</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tabellen (*.csv)</translation>
    </message>
    <message>
        <source>Save %1 as PNG…</source>
        <translation>Als PNG sichern: %1…</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Sichern…</translation>
    </message>
    <message>
        <source>Save as CSV or PNG</source>
        <translation>Als CSV oder PNG sichern</translation>
    </message>
    <message>
        <source>Save %1 as SVG…</source>
        <translation>Als SVG sichern: %1…</translation>
    </message>
    <message>
        <source>Drawings (*.svg)</source>
        <translation>Zeichnungen (*.svg)</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FeatureBarModel</name>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>As the row has it</source>
        <translation>Wie die Zeile ihn hat</translation>
    </message>
    <message>
        <source>Importance</source>
        <translation>Wichtigkeit</translation>
    </message>
    <message>
        <source>How much worse the metric gets when the input is shuffled</source>
        <translation>Wie viel schlechter die Metrik wird, wenn die Eingabe gemischt wird</translation>
    </message>
    <message>
        <source>Mean of the absolute contributions</source>
        <translation>Mittel der Beträge der Beiträge</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>Wirkung</translation>
    </message>
    <message>
        <source>To the right what raises the answer, to the left what lowers it</source>
        <translation>Nach rechts, was die Antwort erhöht, nach links, was sie senkt</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>Gewicht</translation>
    </message>
    <message>
        <source>Adds</source>
        <translation>Beitrag</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Spanne</translation>
    </message>
    <message>
        <source>95 %</source>
        <translation>95 %</translation>
    </message>
    <message>
        <source>Smallest and largest of the repeats</source>
        <translation>Kleinste und größte der Wiederholungen</translation>
    </message>
    <message>
        <source>Interval of the mean</source>
        <translation>Intervall des Mittels</translation>
    </message>
    <message>
        <source>%1: %2, standard deviation %3</source>
        <translation>%1: %2, Standardabweichung %3</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>fehlt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FeatureModel</name>
    <message>
        <source>Feature</source>
        <translation>Merkmal</translation>
    </message>
    <message>
        <source>PSI</source>
        <translation>PSI</translation>
    </message>
    <message>
        <source>Population stability index on ten bins of the reference; warns from 0.10, bad from 0.25</source>
        <translation>Population-Stability-Index auf zehn Klassen der Referenz; warnt ab 0,10, schlecht ab 0,25</translation>
    </message>
    <message>
        <source>Shift, σ</source>
        <translation>Verschiebung, σ</translation>
    </message>
    <message>
        <source>Wasserstein distance in standard deviations of the reference</source>
        <translation>Wasserstein-Abstand in Standardabweichungen der Referenz</translation>
    </message>
    <message>
        <source>JS</source>
        <translation>JS</translation>
    </message>
    <message>
        <source>Jensen-Shannon distance, base 2, on the same bins</source>
        <translation>Jensen-Shannon-Abstand, Basis 2, auf denselben Klassen</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Reference and current rows that are not missing</source>
        <translation>Zeilen von Referenz und Gegenwart, die nicht fehlen</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Moderate</source>
        <translation>Mäßig</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Gering</translation>
    </message>
    <message>
        <source>%1 against %2 rows</source>
        <translation>%1 gegen %2 Zeilen</translation>
    </message>
    <message>
        <source>Kolmogorov-Smirnov D %1, p %2</source>
        <translation>Kolmogorow-Smirnow D %1, p %2</translation>
    </message>
    <message>
        <source>Chi-squared %1, %2 degrees of freedom, p %3</source>
        <translation>Chi-Quadrat %1, %2 Freiheitsgrade, p %3</translation>
    </message>
    <message>
        <source>Missing %1, before %2</source>
        <translation>Es fehlen %1, vorher %2</translation>
    </message>
    <message>
        <source>%1: %2, PSI %3</source>
        <translation>%1: %2, PSI %3</translation>
    </message>
    <message>
        <source>too few rows: %1 of %2</source>
        <translation>zu wenige Zeilen: %1 von %2</translation>
    </message>
    <message>
        <source>%1 vs %2</source>
        <translation>%1 gegen %2</translation>
    </message>
    <message>
        <source>PSI %1, of which %2 by chance: %3 ± %4</source>
        <translation>PSI %1, davon %2 durch Zufall: %3 ± %4</translation>
    </message>
    <message>
        <source>%1 outside of %2 … %3</source>
        <translation>%1 außerhalb von %2 … %3</translation>
    </message>
    <message>
        <source>new: %1, %2</source>
        <translation>neu: %1, %2</translation>
    </message>
    <message>
        <source>gone: %1, before %2</source>
        <translation>weg: %1, vorher %2</translation>
    </message>
    <message>
        <source>%1 (labels)</source>
        <translation>%1 (Labels)</translation>
    </message>
    <message>
        <source>What was answered, against what the model answers to its test rows</source>
        <translation>Was geantwortet wurde, gegen das, was das Modell zu seinen Testzeilen sagt</translation>
    </message>
    <message>
        <source>The true values that came, against those of the training rows</source>
        <translation>Die wahren Werte, die kamen, gegen die der Trainingszeilen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FilterCompletionModel</name>
    <message>
        <source>metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>of each run</source>
        <translation>jedes Laufs</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FilterEdit</name>
    <message>
        <source>Filter, / to focus</source>
        <translation>Filtern, / setzt hierher</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FindingModel</name>
    <message>
        <source>Check</source>
        <translation>Prüfung</translation>
    </message>
    <message>
        <source>As the gates under “quality” name it</source>
        <translation>Wie die Tore unter „quality“ sie nennen</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>Spalte</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Befund</translation>
    </message>
    <message>
        <source>whole file</source>
        <translation>ganze Datei</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::FleetModel</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>High</source>
        <translation>Hoch</translation>
    </message>
    <message>
        <source>Moderate</source>
        <translation>Mäßig</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>Gering</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Live version</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Quality, limit</source>
        <translation>Qualität, Grenzwert</translation>
    </message>
    <message>
        <source>Against the limit of the watch list, with its history</source>
        <translation>Gegen den Grenzwert der Beobachtungsliste, mit Verlauf</translation>
    </message>
    <message>
        <source>Drift, worst PSI</source>
        <translation>Drift, PSI</translation>
    </message>
    <message>
        <source>Population stability index of the worst column: warns from 0.10, high from 0.25</source>
        <translation>Population-Stability-Index der stärksten Spalte: warnt ab 0,10, hoch ab 0,25</translation>
    </message>
    <message>
        <source>Newest model</source>
        <translation>Neuestes</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>Pipeline</translation>
    </message>
    <message>
        <source>Rollout</source>
        <translation>Rollout</translation>
    </message>
    <message>
        <source>Skew</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>Registry and endpoint disagree</source>
        <translation>Registry und Endpunkt sind sich nicht einig</translation>
    </message>
    <message>
        <source>not trained</source>
        <translation>nicht trainiert</translation>
    </message>
    <message>
        <source>%1, read from %2 at %3</source>
        <translation>%1, gelesen von %2 um %3</translation>
    </message>
    <message>
        <source>v%1 canary</source>
        <translation>v%1 Canary</translation>
    </message>
    <message>
        <source>v%1 waiting</source>
        <translation>v%1 wartet</translation>
    </message>
    <message>
        <source>champion</source>
        <translation>Champion</translation>
    </message>
    <message>
        <source>nothing is watched</source>
        <translation>nichts wird beobachtet</translation>
    </message>
    <message>
        <source>%1 old</source>
        <translation>%1 alt</translation>
    </message>
    <message>
        <source>%1 %2, limit %3, %4</source>
        <translation>%1 %2, Grenzwert %3, %4</translation>
    </message>
    <message>
        <source>over limit</source>
        <translation>über dem Grenzwert</translation>
    </message>
    <message>
        <source>inside</source>
        <translation>innerhalb</translation>
    </message>
    <message numerus="yes">
        <source>%n labelled rows</source>
        <translation>
            <numerusform>%n Zeile mit Label</numerusform>
            <numerusform>%n Zeilen mit Label</numerusform>
        </translation>
    </message>
    <message>
        <source>No data</source>
        <translation>Keine Daten</translation>
    </message>
    <message>
        <source>PSI %1, %2, %3</source>
        <translation>PSI %1, %2, %3</translation>
    </message>
    <message>
        <source>%1, PSI %2</source>
        <translation>%1, PSI %2</translation>
    </message>
    <message>
        <source>No recent rows to compare with the reference</source>
        <translation>Keine neuen Zeilen, die sich mit der Referenz vergleichen ließen</translation>
    </message>
    <message>
        <source>no limit set</source>
        <translation>kein Grenzwert</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenzwert %1</translation>
    </message>
    <message>
        <source>no run yet</source>
        <translation>noch kein Lauf</translation>
    </message>
    <message>
        <source>%1, %2 of %3</source>
        <translation>%1, %2 von %3</translation>
    </message>
    <message>
        <source>%1 at %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>not served</source>
        <translation>nicht ausgeliefert</translation>
    </message>
    <message>
        <source>canary %1</source>
        <translation>Canary %1</translation>
    </message>
    <message>
        <source>skew</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>unklar</translation>
    </message>
    <message>
        <source>is served</source>
        <translation>geliefert</translation>
    </message>
    <message>
        <source>is served, %1</source>
        <translation>wird bedient, %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::Format</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 s</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>%1 h %2 m</source>
        <translation>%1 h %2 m</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>%1 d %2 h</source>
        <translation>%1 d %2 h</translation>
    </message>
    <message>
        <source>%1 d</source>
        <translation>%1 d</translation>
    </message>
    <message>
        <source>%1 min %2 s</source>
        <translation>%1 min %2 s</translation>
    </message>
    <message>
        <source>&lt; 0.1 s</source>
        <translation>&lt; 0,1 s</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ForwardList</name>
    <message>
        <source>%1, port %2</source>
        <translation>%1, Port %2</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ForwardModel</name>
    <message>
        <source>Address here</source>
        <translation>Adresse hier</translation>
    </message>
    <message>
        <source>Leads to</source>
        <translation>Führt zu</translation>
    </message>
    <message>
        <source>Pod</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>Empfangen</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Last problem</source>
        <translation>Letztes Problem</translation>
    </message>
    <message>
        <source>An endpoint of a model holds it open.</source>
        <translation>Ein Endpunkt eines Modells hält es offen.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ForwardsSheet</name>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>Weiterleiten</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Copy address</source>
        <translation>Adresse kopieren</translation>
    </message>
    <message>
        <source>Open in the browser</source>
        <translation>Im Browser öffnen</translation>
    </message>
    <message>
        <source>Port-forwards</source>
        <translation>Port-Weiterleitungen</translation>
    </message>
    <message>
        <source>Open port-forwards</source>
        <translation>Offene Port-Weiterleitungen</translation>
    </message>
    <message>
        <source>%1 leads there until it is stopped, or this program ends.</source>
        <translation>%1 führt dorthin, bis es beendet wird oder dieses Programm endet.</translation>
    </message>
    <message>
        <source>of the connection</source>
        <translation>der Verbindung</translation>
    </message>
    <message>
        <source>any that is free</source>
        <translation>ein freier</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>Verbindung</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Service, workload or pod</source>
        <translation>Service, Workload oder Pod</translation>
    </message>
    <message>
        <source>Port here</source>
        <translation>Port hier</translation>
    </message>
    <message>
        <source>It names none.</source>
        <translation>Es nennt keine.</translation>
    </message>
    <message>
        <source>It has: %1.</source>
        <translation>Es hat: %1.</translation>
    </message>
    <message>
        <source>Looking for a ready pod…</source>
        <translation>Ein bereiter Pod wird gesucht…</translation>
    </message>
    <message>
        <source>Choose one first.</source>
        <translation>Erst eine wählen.</translation>
    </message>
    <message>
        <source>An endpoint of a model holds it open.</source>
        <translation>Ein Endpunkt eines Modells hält es offen.</translation>
    </message>
    <message>
        <source>One is being opened.</source>
        <translation>Eine wird gerade geöffnet.</translation>
    </message>
    <message>
        <source>Name what it leads to, and its port.</source>
        <translation>Ziel und Port angeben.</translation>
    </message>
    <message>
        <source>No port-forward is open</source>
        <translation>Keine Portweiterleitung ist offen</translation>
    </message>
    <message>
        <source>Name a service, a workload or a pod above; its address on this machine stands here.</source>
        <translation>Oben einen Dienst, einen Workload oder einen Pod nennen; seine Adresse auf diesem Rechner steht dann hier.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::GateCard</name>
    <message numerus="yes">
        <source>%n gates block</source>
        <translation>
            <numerusform>%n Schranke sperrt</numerusform>
            <numerusform>%n Schranken sperren</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n gates pass</source>
        <translation>
            <numerusform>%n Schranke besteht</numerusform>
            <numerusform>%n Schranken bestehen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n not settled</source>
        <translation>
            <numerusform>%n offen</numerusform>
            <numerusform>%n offen</numerusform>
        </translation>
    </message>
    <message>
        <source>Asked by stage %1.</source>
        <translation>Gefragt von der Stufe %1.</translation>
    </message>
    <message>
        <source>Answered together: %1.</source>
        <translation>Gemeinsam beantwortet: %1.</translation>
    </message>
    <message>
        <source>Allowed: %1.</source>
        <translation>Dürfen antworten: %1.</translation>
    </message>
    <message>
        <source>You may not answer it.</source>
        <translation>Sie dürfen nicht antworten.</translation>
    </message>
    <message>
        <source>You may answer it.</source>
        <translation>Sie dürfen antworten.</translation>
    </message>
    <message>
        <source>Answer this gate</source>
        <translation>Diese Schranke beantworten</translation>
    </message>
    <message>
        <source>Which gate</source>
        <translation>Welche Schranke</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Kept in the journal and in the run</source>
        <translation>Bleibt im Journal und im Lauf</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Nothing waits.</source>
        <translation>Nichts wartet.</translation>
    </message>
    <message>
        <source>Abort</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>The answer of %1 is no: the run ends at this gate.</source>
        <translation>Die Antwort für %1 ist Nein: Der Lauf endet an dieser Schranke.</translation>
    </message>
    <message>
        <source>It cannot be taken back; the run can be started anew.</source>
        <translation>Das lässt sich nicht zurücknehmen; der Lauf kann neu gestartet werden.</translation>
    </message>
    <message>
        <source>Proceed</source>
        <translation>Fortfahren</translation>
    </message>
    <message>
        <source>Evidence of the candidate</source>
        <translation>Belege für den Kandidaten</translation>
    </message>
    <message>
        <source>The gate names no version of a model.</source>
        <translation>Die Schranke nennt keine Version eines Modells.</translation>
    </message>
    <message>
        <source>gives up in %1</source>
        <translation>gibt auf in %1</translation>
    </message>
    <message>
        <source>since %1</source>
        <translation>seit %1</translation>
    </message>
    <message>
        <source>The run %1 waits.</source>
        <translation>Der Lauf %1 wartet.</translation>
    </message>
    <message>
        <source>Needs %1 approvals, %2 given.</source>
        <translation>Braucht %1 Zustimmungen, %2 sind gegeben.</translation>
    </message>
    <message>
        <source>Abort only needs the right Job/Cancel.</source>
        <translation>Abbrechen braucht nur das Recht Job/Cancel.</translation>
    </message>
    <message>
        <source>No evidence for %1 v%2: %3</source>
        <translation>Keine Belege für %1 v%2: %3</translation>
    </message>
    <message>
        <source>No evidence for %1 v%2 yet.</source>
        <translation>Noch keine Belege für %1 v%2.</translation>
    </message>
    <message>
        <source>%1 v%2 and the champion are scored on the same rows…</source>
        <translation>%1 v%2 und der Champion werden auf denselben Zeilen bewertet…</translation>
    </message>
    <message>
        <source>Sheet</source>
        <translation>Blatt</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Asked at the gate “%1” of %2</source>
        <translation>Gefragt an der Schranke „%1“ von %2</translation>
    </message>
    <message>
        <source>It is decided on the sheet of its promotion.</source>
        <translation>Darüber wird auf dem Blatt der Promotion entschieden.</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Arbeitsbereich ist offen.</translation>
    </message>
    <message>
        <source>It is being answered.</source>
        <translation>Wird gerade beantwortet.</translation>
    </message>
    <message>
        <source>It is being answered …</source>
        <translation>Wird beantwortet …</translation>
    </message>
    <message>
        <source>It was not done.</source>
        <translation>Es wurde nicht getan.</translation>
    </message>
    <message>
        <source>Not passed: %1.</source>
        <translation>Nicht bestanden: %1.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::GateModel</name>
    <message>
        <source>Gate</source>
        <translation>Tor</translation>
    </message>
    <message numerus="yes">
        <source>%n pass</source>
        <translation>
            <numerusform>%n bestanden</numerusform>
            <numerusform>%n bestanden</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n warn</source>
        <translation>
            <numerusform>%n warnt</numerusform>
            <numerusform>%n warnen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n block</source>
        <translation>
            <numerusform>%n sperrt</numerusform>
            <numerusform>%n sperren</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n later</source>
        <translation>
            <numerusform>%n später</numerusform>
            <numerusform>%n später</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n wait</source>
        <translation>
            <numerusform>%n wartet</numerusform>
            <numerusform>%n warten</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::HeatMap</name>
    <message>
        <source>Heat map</source>
        <translation>Wärmekarte</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weitere</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::HistoryModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Known from</source>
        <translation>Bekannt aus</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>Promotion</source>
        <translation>Freigabe</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>Operation</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>line %1, %2</source>
        <translation>Zeile %1, %2</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::HistoryView</name>
    <message>
        <source>What was live when</source>
        <translation>Was wann live war</translation>
    </message>
    <message>
        <source>At</source>
        <translation>Am</translation>
    </message>
    <message>
        <source>At this time</source>
        <translation>Zu dieser Zeit</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>Änderungen</translation>
    </message>
    <message>
        <source>Which changes</source>
        <translation>Welche Änderungen</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Decisions</source>
        <translation>Entscheidungen</translation>
    </message>
    <message>
        <source>Promotions</source>
        <translation>Freigaben</translation>
    </message>
    <message>
        <source>Aliases</source>
        <translation>Aliase</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>Betrieb</translation>
    </message>
    <message>
        <source>Who, what, why: / to focus</source>
        <translation>Wer, was, warum: / zum Fokussieren</translation>
    </message>
    <message>
        <source>No change chosen</source>
        <translation>Keine Änderung gewählt</translation>
    </message>
    <message>
        <source>The chosen change</source>
        <translation>Die gewählte Änderung</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>alias %1</source>
        <translation>Alias %1</translation>
    </message>
    <message>
        <source>No change yet</source>
        <translation>Noch keine Änderung</translation>
    </message>
    <message>
        <source>Each version, promotion and alias of this model shows up here, with who did it and why.</source>
        <translation>Jede Version, jede Freigabe und jeder Alias dieses Modells erscheint hier, mit wer es tat und warum.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ImageTagModel</name>
    <message>
        <source>Tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Pushed</source>
        <translation>Hochgeladen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <source>Of the registry&apos;s scanner</source>
        <translation>Vom Scanner der Registry</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>Digest</translation>
    </message>
    <message>
        <source>The workload has this one now.</source>
        <translation>Dieses läuft jetzt.</translation>
    </message>
    <message>
        <source>%1 (now)</source>
        <translation>%1 (jetzt)</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ImageTags</name>
    <message>
        <source>commit %1</source>
        <translation>Commit %1</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>Version %1</translation>
    </message>
    <message>
        <source>built %1 ago</source>
        <translation>vor %1 gebaut</translation>
    </message>
    <message numerus="yes">
        <source>%n platforms</source>
        <translation>
            <numerusform>%n Plattform</numerusform>
            <numerusform>%n Plattformen</numerusform>
        </translation>
    </message>
    <message>
        <source>Tags of the image</source>
        <translation>Tags des Images</translation>
    </message>
    <message>
        <source>Asks %1 for the tags of %2 …</source>
        <translation>Fragt %1 nach den Tags von %2 …</translation>
    </message>
    <message>
        <source>The registry does not tell its tags: %1</source>
        <translation>Die Registry nennt ihre Tags nicht: %1</translation>
    </message>
    <message>
        <source>The repository has no tags.</source>
        <translation>Das Repository hat keine Tags.</translation>
    </message>
    <message numerus="yes">
        <source>%n tags; ↑ and ↓ choose one.</source>
        <translation>
            <numerusform>%n Tag; ↑ und ↓ wählen.</numerusform>
            <numerusform>%n Tags; ↑ und ↓ wählen eines.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ImportForm</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Of the workspace or the registry; a new name makes a new one.</source>
        <translation>Des Arbeitsbereichs oder der Registry; ein neuer Name legt ein neues an.</translation>
    </message>
    <message>
        <source>Example rows</source>
        <translation>Beispielzeilen</translation>
    </message>
    <message>
        <source>A CSV file with the inputs by name.</source>
        <translation>Eine CSV-Datei mit den Eingaben nach Namen.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Predictions made there</source>
        <translation>Dort gemachte Vorhersagen</translation>
    </message>
    <message>
        <source>Columns of the rows that must come out again; empty: it stays unverified.</source>
        <translation>Spalten der Zeilen, die wieder herauskommen müssen; leer: es bleibt ungeprüft.</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Column with the true value; of a forecast all that it predicts, with commas.</source>
        <translation>Spalte mit dem wahren Wert; bei einer Prognose alles, was sie vorhersagt, mit Kommas.</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>As its outputs look</source>
        <translation>Wie seine Ausgaben aussehen</translation>
    </message>
    <message>
        <source>Regression</source>
        <translation>Regression</translation>
    </message>
    <message>
        <source>Classification</source>
        <translation>Klassifikation</translation>
    </message>
    <message>
        <source>Forecast</source>
        <translation>Prognose</translation>
    </message>
    <message>
        <source>Rounds, if it was stopped early</source>
        <translation>Runden, falls früh beendet</translation>
    </message>
    <message>
        <source>As the file says</source>
        <translation>Wie die Datei sagt</translation>
    </message>
    <message>
        <source>The best</source>
        <translation>Die besten</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Means missing</source>
        <translation>Bedeutet fehlend</translation>
    </message>
    <message>
        <source>Classes, in the order of its outputs</source>
        <translation>Klassen, in der Reihenfolge seiner Ausgaben</translation>
    </message>
    <message>
        <source>no,yes</source>
        <translation>nein,ja</translation>
    </message>
    <message>
        <source>What it gives for classes</source>
        <translation>Was es für Klassen gibt</translation>
    </message>
    <message>
        <source>As it looks on the rows</source>
        <translation>Wie es auf den Zeilen aussieht</translation>
    </message>
    <message>
        <source>Probabilities</source>
        <translation>Wahrscheinlichkeiten</translation>
    </message>
    <message>
        <source>Logits</source>
        <translation>Logits</translation>
    </message>
    <message>
        <source>Window, in steps</source>
        <translation>Fenster, in Schritten</translation>
    </message>
    <message>
        <source>Horizon, in steps</source>
        <translation>Horizont, in Schritten</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Series, in the order it takes them</source>
        <translation>Reihen, in der Reihenfolge des Modells</translation>
    </message>
    <message>
        <source>Empty: those that it predicts.</source>
        <translation>Leer: die, die es vorhersagt.</translation>
    </message>
    <message>
        <source>Column of times</source>
        <translation>Spalte der Zeiten</translation>
    </message>
    <message>
        <source>Or its parts; empty: the only one.</source>
        <translation>Oder ihre Teile; leer: die einzige.</translation>
    </message>
    <message>
        <source>Rows for the import</source>
        <translation>Zeilen für den Import</translation>
    </message>
    <message>
        <source>Tables (*.csv *.csv.gz *.tsv *.txt);;All files (*)</source>
        <translation>Tabellen (*.csv *.csv.gz *.tsv *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Name the model first.</source>
        <translation>Erst das Modell benennen.</translation>
    </message>
    <message>
        <source>Choose the rows first: they are scored before anything is registered.</source>
        <translation>Erst die Zeilen wählen: sie werden gerechnet, bevor etwas eingetragen wird.</translation>
    </message>
    <message>
        <source>A forecast needs its window, horizon, step and target.</source>
        <translation>Eine Prognose braucht Fenster, Horizont, Schritt und Ziel.</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>Zeitzone</translation>
    </message>
    <message>
        <source>Of these times; empty: UTC.</source>
        <translation>Dieser Zeiten; leer: UTC.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ImportanceBars</name>
    <message>
        <source>What each parameter explains</source>
        <translation>Was jeder Parameter erklärt</translation>
    </message>
    <message>
        <source>Of the spread of %1 among an estimator&apos;s trials, the share that each of its parameters explains</source>
        <translation>Anteil an der Streuung von %1 unter den Versuchen eines Schätzers, den jeder seiner Parameter erklärt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::InboxList</name>
    <message>
        <source>Waiting for a decision</source>
        <translation>Wartet auf eine Entscheidung</translation>
    </message>
    <message>
        <source>Broken or late</source>
        <translation>Gestört oder verspätet</translation>
    </message>
    <message>
        <source>Soon</source>
        <translation>Bald</translation>
    </message>
    <message>
        <source>Handled today</source>
        <translation>Heute erledigt</translation>
    </message>
    <message>
        <source>Review evidence</source>
        <translation>Belege ansehen</translation>
    </message>
    <message>
        <source>Open rollout</source>
        <translation>Rollout öffnen</translation>
    </message>
    <message>
        <source>Train…</source>
        <translation>Trainieren …</translation>
    </message>
    <message>
        <source>Why did it drift?</source>
        <translation>Warum die Drift?</translation>
    </message>
    <message>
        <source>Open run</source>
        <translation>Lauf öffnen</translation>
    </message>
    <message>
        <source>Open journal</source>
        <translation>Journal öffnen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Needs me now</source>
        <translation>Braucht mich jetzt</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>Jetzt senden</translation>
    </message>
    <message>
        <source>Silence…</source>
        <translation>Stummschalten …</translation>
    </message>
    <message>
        <source>End silence</source>
        <translation>Stummschaltung beenden</translation>
    </message>
    <message>
        <source>Retrain</source>
        <translation>Neu trainieren</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::InputSlider</name>
    <message>
        <source>%1, value</source>
        <translation>%1, Wert</translation>
    </message>
    <message>
        <source>newest</source>
        <translation>neuester</translation>
    </message>
    <message numerus="yes">
        <source>%n steps before</source>
        <translation>
            <numerusform>%n Schritt davor</numerusform>
            <numerusform>%n Schritte davor</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::JournalModel</name>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>gescheitert</translation>
    </message>
    <message>
        <source>refused, nothing sent</source>
        <translation>verweigert, nichts gesendet</translation>
    </message>
    <message>
        <source>begun</source>
        <translation>begonnen</translation>
    </message>
    <message>
        <source>undone</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>planned</source>
        <translation>geplant</translation>
    </message>
    <message>
        <source>note</source>
        <translation>Notiz</translation>
    </message>
    <message>
        <source>did</source>
        <translation>tat</translation>
    </message>
    <message>
        <source>on</source>
        <translation>an</translation>
    </message>
    <message>
        <source>operation</source>
        <translation>Vorgang</translation>
    </message>
    <message>
        <source>before</source>
        <translation>vorher</translation>
    </message>
    <message>
        <source>after</source>
        <translation>nachher</translation>
    </message>
    <message>
        <source>details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>seal</source>
        <translation>Siegel</translation>
    </message>
    <message>
        <source>follows</source>
        <translation>folgt auf</translation>
    </message>
    <message>
        <source>nothing, it is the first</source>
        <translation>nichts, er ist der erste</translation>
    </message>
    <message>
        <source>No.</source>
        <translation>Nr.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>Wer</translation>
    </message>
    <message>
        <source>Did</source>
        <translation>Tat</translation>
    </message>
    <message>
        <source>On</source>
        <translation>An</translation>
    </message>
    <message>
        <source>Seal</source>
        <translation>Siegel</translation>
    </message>
    <message>
        <source>Start and end of the line&apos;s SHA-256; each line names the one before</source>
        <translation>Anfang und Ende des SHA-256 der Zeile; jede Zeile nennt die vorige</translation>
    </message>
    <message>
        <source>%1 by %2</source>
        <translation>%1 mit %2</translation>
    </message>
    <message>
        <source>What it changed</source>
        <translation>Was sich änderte</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::JournalPanel</name>
    <message>
        <source>Empty</source>
        <translation>Leer</translation>
    </message>
    <message>
        <source>Broken at line %1</source>
        <translation>Bruch in Zeile %1</translation>
    </message>
    <message>
        <source>Does not verify</source>
        <translation>Lässt sich nicht bestätigen</translation>
    </message>
    <message>
        <source>Chain whole, %1</source>
        <translation>Kette ganz, %1</translation>
    </message>
    <message>
        <source>Chain whole, head not sealed</source>
        <translation>Kette ganz, Kopf nicht versiegelt</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>What was live?</source>
        <translation>Was war live?</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>No entry chosen</source>
        <translation>Kein Eintrag gewählt</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>Eintrag</translation>
    </message>
    <message>
        <source>Verify the journal</source>
        <translation>Journal prüfen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Es ist kein Arbeitsbereich offen.</translation>
    </message>
    <message>
        <source>Open the journal</source>
        <translation>Journal öffnen</translation>
    </message>
    <message>
        <source>Verifying</source>
        <translation>Wird geprüft</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>newest %1 of %2</source>
        <translation>neueste %1 von %2</translation>
    </message>
    <message>
        <source>No entry yet</source>
        <translation>Noch kein Eintrag</translation>
    </message>
    <message>
        <source>No history</source>
        <translation>Kein Verlauf</translation>
    </message>
    <message>
        <source>Which version answered at a past time, and who put it there.</source>
        <translation>Welche Version zu einer früheren Zeit antwortete und wer sie eingesetzt hat.</translation>
    </message>
    <message>
        <source>journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>What was wanted, what was found and what was sent.</source>
        <translation>Was gewollt war, was vorgefunden wurde und was gesendet wurde.</translation>
    </message>
    <message>
        <source>Entry %1, %2</source>
        <translation>Eintrag %1, %2</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Ausgeben …</translation>
    </message>
    <message>
        <source>Which lines</source>
        <translation>Welche Zeilen</translation>
    </message>
    <message>
        <source>Operations</source>
        <translation>Vorgänge</translation>
    </message>
    <message>
        <source>Every line</source>
        <translation>Jede Zeile</translation>
    </message>
    <message>
        <source>Who, what, on what: / to focus</source>
        <translation>Wer, was, woran: / springt hierher</translation>
    </message>
    <message>
        <source>Every write stands here before and after it is made: who, what, on what, and the seal of the chain. The first comes with a connection or a model.</source>
        <translation>Jede Änderung steht hier vor und nach ihrer Ausführung: wer, was, woran, und das Siegel der Kette. Die erste kommt mit einer Verbindung oder einem Modell.</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>Choose an operation first.</source>
        <translation>Erst eine Operation wählen.</translation>
    </message>
    <message>
        <source>It did not fail.</source>
        <translation>Sie ist nicht gescheitert.</translation>
    </message>
    <message>
        <source>Takes back: %1.</source>
        <translation>Nimmt zurück: %1.</translation>
    </message>
    <message>
        <source>Does what is missing of: %1. What was done is found and not done twice.</source>
        <translation>Holt nach, was fehlt von: %1. Was getan ist, wird gefunden und nicht zweimal getan.</translation>
    </message>
    <message>
        <source>The whole of it can be undone.</source>
        <translation>Das Ganze lässt sich rückgängig machen.</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>The operation is complete</source>
        <translation>Die Operation ist vollständig</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>The operation is undone</source>
        <translation>Die Operation ist rückgängig gemacht</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::KubeEventModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>Objekt</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source> (%1 times)</source>
        <translation> (%1-mal)</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::LegendModel</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>%1, hidden</source>
        <translation>%1, verborgen</translation>
    </message>
    <message>
        <source>%1, not among the chosen</source>
        <translation>%1, nicht unter den gewählten</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::LiveBar</name>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>Live versions over time</source>
        <translation>Live-Versionen im Lauf der Zeit</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::LiveBars</name>
    <message>
        <source>Live versions over time</source>
        <translation>Live-Versionen über die Zeit</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::LiveView</name>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>At this time</source>
        <translation>Zu dieser Zeit</translation>
    </message>
    <message>
        <source>%1 %2 since %3, by %4</source>
        <translation>%1 %2 seit %3, von %4</translation>
    </message>
    <message>
        <source>%1: nothing was live</source>
        <translation>%1: nichts war live</translation>
    </message>
    <message>
        <source>%1 %2 since %3</source>
        <translation>%1 %2 seit %3</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::LogView</name>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::LookModel</name>
    <message>
        <source>Asked</source>
        <translation>Gefragt</translation>
    </message>
    <message>
        <source>Predicted</source>
        <translation>Vorhergesagt</translation>
    </message>
    <message>
        <source>Was</source>
        <translation>War</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Prediction %1</source>
        <translation>Vorhersage %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ModelFileSheet</name>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Copy the command</source>
        <translation>Befehl kopieren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Copied. Put your rows, the file to write and the model&apos;s Python in place of the capitals.</source>
        <translation>Kopiert. An die Stelle der Großbuchstaben kommen die Zeilen, die Ausgabedatei und das Python des Modells.</translation>
    </message>
    <message>
        <source>It would import</source>
        <translation>Es würde importieren</translation>
    </message>
    <message>
        <source>Score it in a terminal</source>
        <translation>In einem Terminal rechnen lassen</translation>
    </message>
    <message>
        <source>A confined Python loads it: without network, home or a second process, with the versions that it asks for (Linux, bubblewrap).</source>
        <translation>Ein eingesperrtes Python lädt es: ohne Netz, Home und zweiten Prozess, mit den Versionen, die es verlangt (Linux, bubblewrap).</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Noch einmal ansehen</translation>
    </message>
    <message>
        <source>to its end, %1 opcodes</source>
        <translation>bis zum Ende, %1 Opcodes</translation>
    </message>
    <message>
        <source>not to its end: %1. It may name more.</source>
        <translation>nicht bis zum Ende: %1. Es nennt vielleicht mehr.</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Pickled Python object, %1</source>
        <translation>Python-Objekt als Pickle, %1</translation>
    </message>
    <message>
        <source>Pickled Python object, %1, compressed by %2</source>
        <translation>Python-Objekt als Pickle, %1, mit %2 gepackt</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>scikit-learn</source>
        <translation>scikit-learn</translation>
    </message>
    <message>
        <source>no version stands in it</source>
        <translation>keine Version steht darin</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>Pakete</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>Gelesen</translation>
    </message>
    <message>
        <source>Danger: it would call what no model needs: %1. Do not use this file.</source>
        <translation>Gefahr: es würde aufrufen, was kein Modell braucht: %1. Diese Datei nicht benutzen.</translation>
    </message>
    <message>
        <source>A pickle is a program: loading it runs whatever its author wrote, so it is never loaded here. Only its opcodes were read.</source>
        <translation>Ein Pickle ist ein Programm: es zu laden führt aus, was sein Autor schrieb, darum wird es hier nie geladen. Nur seine Opcodes wurden gelesen.</translation>
    </message>
    <message>
        <source>Or serve it where it was made and name that address as the model&apos;s endpoint: it is then scored, explained and watched like any other. Or export the model in Python: XGBoost&apos;s save_model(&quot;model.json&quot;) and TorchScript are imported here.</source>
        <translation>Oder es dort ausliefern, wo es entstand, und die Adresse als Endpunkt des Modells nennen: dann wird es gerechnet, erklärt und beobachtet wie jedes andere. Oder das Modell in Python exportieren: XGBoosts save_model(&quot;model.json&quot;) und TorchScript werden hier importiert.</translation>
    </message>
    <message>
        <source>forecast of %1: %2 steps from %3</source>
        <translation>Prognose von %1: %2 Schritte aus %3</translation>
    </message>
    <message>
        <source>classification</source>
        <translation>Klassifikation</translation>
    </message>
    <message>
        <source>regression</source>
        <translation>Regression</translation>
    </message>
    <message>
        <source>the file does not say</source>
        <translation>die Datei sagt es nicht</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>und %1 weitere</translation>
    </message>
    <message>
        <source>XGBoost, %1</source>
        <translation>XGBoost, %1</translation>
    </message>
    <message>
        <source>TorchScript, %1</source>
        <translation>TorchScript, %1</translation>
    </message>
    <message>
        <source>Made by</source>
        <translation>Gemacht mit</translation>
    </message>
    <message>
        <source>Task</source>
        <translation>Aufgabe</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>Reihen</translation>
    </message>
    <message>
        <source>Inputs</source>
        <translation>Eingaben</translation>
    </message>
    <message>
        <source>not named: the columns of the rows are taken in their order</source>
        <translation>nicht benannt: die Spalten der Zeilen werden der Reihe nach genommen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Umfang</translation>
    </message>
    <message>
        <source>%1 trees in %2 rounds</source>
        <translation>%1 Bäume in %2 Runden</translation>
    </message>
    <message>
        <source>%1 parameters, %2</source>
        <translation>%1 Parameter, %2</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>An import scores the rows anew. Where the predictions made there are given, they must come out again (to 1e-5), or nothing is registered.</source>
        <translation>Ein Import rechnet die Zeilen neu. Sind die dort gemachten Vorhersagen angegeben, müssen sie wieder herauskommen (auf 1e-5), sonst wird nichts eingetragen.</translation>
    </message>
    <message>
        <source>It would call what no model needs.</source>
        <translation>Es würde aufrufen, was kein Modell braucht.</translation>
    </message>
    <message>
        <source>Needs role operator.</source>
        <translation>Braucht die Rolle operator.</translation>
    </message>
    <message>
        <source>It is being imported.</source>
        <translation>Es wird gerade importiert.</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Arbeitsbereich ist geöffnet.</translation>
    </message>
    <message>
        <source>Import %1</source>
        <translation>%1 importieren</translation>
    </message>
    <message>
        <source>The rows are being scored …</source>
        <translation>Die Zeilen werden gerechnet …</translation>
    </message>
    <message>
        <source>Cancelled; nothing was registered.</source>
        <translation>Abgebrochen; nichts wurde eingetragen.</translation>
    </message>
    <message>
        <source>%1 v%2 is imported</source>
        <translation>%1 v%2 ist importiert</translation>
    </message>
    <message>
        <source>%1 rows give the predictions of the original program.</source>
        <translation>%1 Zeilen ergeben die Vorhersagen des ursprünglichen Programms.</translation>
    </message>
    <message>
        <source>Unverified: no predictions made there were given.</source>
        <translation>Ungeprüft: dort gemachte Vorhersagen wurden nicht angegeben.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ModelListModel</name>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>%1, %2, %3, %4</source>
        <translation>%1, %2, %3, %4</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ModelsPanel</name>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Filter, / to focus</source>
        <translation>Filtern, / setzt hierher</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Versions of the chosen model</source>
        <translation>Versionen des gewählten Modells</translation>
    </message>
    <message>
        <source>Promote</source>
        <translation>Freigeben</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Choose a version first.</source>
        <translation>Erst eine Version wählen.</translation>
    </message>
    <message>
        <source>Evidence is being computed.</source>
        <translation>Die Belege werden berechnet.</translation>
    </message>
    <message>
        <source>Promote %1 v%2</source>
        <translation>%1 v%2 freigeben</translation>
    </message>
    <message>
        <source>Review evidence</source>
        <translation>Belege ansehen</translation>
    </message>
    <message>
        <source>Nothing of this version was asked for yet.</source>
        <translation>Für diese Version wurde noch nichts beantragt.</translation>
    </message>
    <message>
        <source>Review %1 v%2</source>
        <translation>%1 v%2 prüfen</translation>
    </message>
    <message>
        <source>Approve and promote</source>
        <translation>Zustimmen und freigeben</translation>
    </message>
    <message>
        <source>It is being carried out.</source>
        <translation>Es wird ausgeführt.</translation>
    </message>
    <message>
        <source>Open its evidence first.</source>
        <translation>Erst ihre Belege öffnen.</translation>
    </message>
    <message>
        <source>approved</source>
        <translation>zugestimmt</translation>
    </message>
    <message>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <source>It is decided.</source>
        <translation>Es ist entschieden.</translation>
    </message>
    <message>
        <source>Write a comment first; it is kept with the decision.</source>
        <translation>Erst einen Kommentar schreiben; er bleibt bei der Entscheidung.</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>Undo promotion</source>
        <translation>Freigabe zurücknehmen</translation>
    </message>
    <message>
        <source>Only a promotion that was carried out can be undone.</source>
        <translation>Nur eine ausgeführte Freigabe lässt sich zurücknehmen.</translation>
    </message>
    <message>
        <source>Alias %1 goes back to v%2 and all traffic with it.</source>
        <translation>Der Alias %1 geht zurück auf v%2 und mit ihm alle Anfragen.</translation>
    </message>
    <message>
        <source>Alias %1 is taken away.</source>
        <translation>Der Alias %1 wird weggenommen.</translation>
    </message>
    <message>
        <source>Promote it again to come back.</source>
        <translation>Noch einmal freigeben, um zurückzukommen.</translation>
    </message>
    <message>
        <source>undone</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>Copy as text</source>
        <translation>Als Text kopieren</translation>
    </message>
    <message>
        <source>Judge %1 v%2</source>
        <translation>%1 v%2 beurteilen</translation>
    </message>
    <message>
        <source>A gate blocks this version</source>
        <translation>Ein Tor sperrt diese Version</translation>
    </message>
    <message>
        <source>%1 v%2 %3</source>
        <translation>%1 v%2 %3</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>Noch keine Modelle</translation>
    </message>
    <message>
        <source>Models come from the workspace file and from training: pick a data file and train once.</source>
        <translation>Modelle kommen aus der Arbeitsbereichsdatei und vom Training: eine Datendatei wählen und einmal trainieren.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>version %1</source>
        <translation>Version %1</translation>
    </message>
    <message>
        <source>none yet</source>
        <translation>noch keine</translation>
    </message>
    <message>
        <source>Served</source>
        <translation>Ausgeliefert</translation>
    </message>
    <message>
        <source>version %1 at %2</source>
        <translation>Version %1 um %2</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>Skew</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>Newest model</source>
        <translation>Neuestes</translation>
    </message>
    <message>
        <source>%1 old%2</source>
        <translation>%1 alt%2</translation>
    </message>
    <message>
        <source>, limit %1</source>
        <translation>, Grenzwert %1</translation>
    </message>
    <message>
        <source>Last decision</source>
        <translation>Letzte Entscheidung</translation>
    </message>
    <message>
        <source>the policy has not looked yet</source>
        <translation>die Regel hat noch nicht nachgesehen</translation>
    </message>
    <message>
        <source>not declared in the workspace</source>
        <translation>nicht im Arbeitsbereich genannt</translation>
    </message>
    <message>
        <source>No version yet</source>
        <translation>Noch keine Version</translation>
    </message>
    <message>
        <source>Train once and register the candidate; it shows up here.</source>
        <translation>Einmal trainieren und den Kandidaten eintragen; dann steht er hier.</translation>
    </message>
    <message>
        <source>Promote v%1 to %2</source>
        <translation>v%1 als %2 freigeben</translation>
    </message>
    <message>
        <source>The chosen version beside another</source>
        <translation>Die gewählte Version neben einer anderen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleich</translation>
    </message>
    <message>
        <source>%1 beside %2</source>
        <translation>%1 neben %2</translation>
    </message>
    <message>
        <source>Figures of v%1</source>
        <translation>Zahlen von v%1</translation>
    </message>
    <message>
        <source>as their runs logged them, what differs first</source>
        <translation>wie ihre Läufe sie protokollierten, Unterschiede zuerst</translation>
    </message>
    <message>
        <source>as its run logged them</source>
        <translation>wie ihr Lauf sie protokollierte</translation>
    </message>
    <message>
        <source>No run is known</source>
        <translation>Kein Lauf bekannt</translation>
    </message>
    <message>
        <source>This version was registered from a package; the registry has no figures of its training.</source>
        <translation>Diese Version kam als Paket ins Register; es kennt keine Zahlen ihres Trainings.</translation>
    </message>
    <message>
        <source>Model file…</source>
        <translation>Modelldatei …</translation>
    </message>
    <message>
        <source>Look at a model file…</source>
        <translation>Eine Modelldatei ansehen …</translation>
    </message>
    <message>
        <source>Look at a model file</source>
        <translation>Eine Modelldatei ansehen</translation>
    </message>
    <message>
        <source>Model files (*.pkl *.pickle *.joblib *.sav *.json *.ubj *.pt);;All files (*)</source>
        <translation>Modelldateien (*.pkl *.pickle *.joblib *.sav *.json *.ubj *.pt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>History</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>Erst ein Modell wählen.</translation>
    </message>
    <message>
        <source>History of %1</source>
        <translation>Verlauf von %1</translation>
    </message>
    <message>
        <source>Export evidence report…</source>
        <translation>Nachweisbericht exportieren…</translation>
    </message>
    <message>
        <source>Evidence report of %1</source>
        <translation>Nachweisbericht von %1</translation>
    </message>
    <message>
        <source>Choose a promotion first.</source>
        <translation>Erst eine Freigabe wählen.</translation>
    </message>
    <message>
        <source>Evidence report of %1 v%2</source>
        <translation>Nachweisbericht von %1 v%2</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Runs of a registry</source>
        <translation>Läufe einer Registry</translation>
    </message>
    <message>
        <source>Compare the runs of all versions</source>
        <translation>Die Läufe aller Versionen vergleichen</translation>
    </message>
    <message>
        <source>Two versions with a run are needed.</source>
        <translation>Zwei Versionen mit einem Lauf sind nötig.</translation>
    </message>
    <message>
        <source>Compare the runs of %1</source>
        <translation>Die Läufe von %1 vergleichen</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>Seit</translation>
    </message>
    <message>
        <source>%1 ago, first seen %2</source>
        <translation>vor %1, zuerst gesehen %2</translation>
    </message>
    <message>
        <source>Cause</source>
        <translation>Ursache</translation>
    </message>
    <message>
        <source>Remedy</source>
        <translation>Abhilfe</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>Compare runs</source>
        <translation>Läufe vergleichen</translation>
    </message>
    <message>
        <source>Environments: what is live in each</source>
        <translation>Umgebungen: was in jeder live ist</translation>
    </message>
    <message>
        <source>Promote to the next environment</source>
        <translation>Für die nächste Umgebung freigeben</translation>
    </message>
    <message>
        <source>Nothing goes on from here.</source>
        <translation>Von hier geht nichts weiter.</translation>
    </message>
    <message>
        <source>Promote %1 v%2 to %3</source>
        <translation>%1 v%2 für %3 freigeben</translation>
    </message>
    <message>
        <source>Chains</source>
        <translation>Ketten</translation>
    </message>
    <message>
        <source>Judge %1 v%2 for %3</source>
        <translation>%1 v%2 für %3 beurteilen</translation>
    </message>
    <message>
        <source>Environments</source>
        <translation>Umgebungen</translation>
    </message>
    <message>
        <source>Export evidence report</source>
        <translation>Nachweisbericht ausgeben</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::NextRunsCard</name>
    <message>
        <source>switched off</source>
        <translation>ausgeschaltet</translation>
    </message>
    <message>
        <source>not known when</source>
        <translation>Zeit nicht bekannt</translation>
    </message>
    <message>
        <source>%1, was due</source>
        <translation>%1, war fällig</translation>
    </message>
    <message>
        <source>%1, in %2 min</source>
        <translation>%1, in %2 min</translation>
    </message>
    <message>
        <source>%1, in %2 h</source>
        <translation>%1, in %2 h</translation>
    </message>
    <message>
        <source>%1, in %2 d</source>
        <translation>%1, in %2 d</translation>
    </message>
    <message>
        <source>Next runs</source>
        <translation>Nächste Läufe</translation>
    </message>
    <message>
        <source>All…</source>
        <translation>Alle…</translation>
    </message>
    <message>
        <source>All %1…</source>
        <translation>Alle %1…</translation>
    </message>
    <message>
        <source>Nothing starts by itself</source>
        <translation>Nichts beginnt von selbst</translation>
    </message>
    <message>
        <source>Schedules of Jenkins, GitHub, Kubeflow, Azure ML and this machine stand here.</source>
        <translation>Hier stehen die Zeitpläne von Jenkins, GitHub, Kubeflow, Azure ML und dieser Maschine.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::NoticeStrip</name>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message numerus="yes">
        <source>%n more in the inbox.</source>
        <translation>
            <numerusform>%n weiterer im Eingang.</numerusform>
            <numerusform>%n weitere im Eingang.</numerusform>
        </translation>
    </message>
    <message>
        <source>Show run</source>
        <translation>Lauf zeigen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::OutputChoice</name>
    <message>
        <source>Step of the forecast</source>
        <translation>Schritt der Vorhersage</translation>
    </message>
    <message>
        <source>as predicted</source>
        <translation>wie vorhergesagt</translation>
    </message>
    <message>
        <source>step +%1</source>
        <translation>Schritt +%1</translation>
    </message>
    <message>
        <source>Class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Target of the forecast</source>
        <translation>Ziel der Vorhersage</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::OverviewPanel</name>
    <message>
        <source>Overview</source>
        <translation>Übersicht</translation>
    </message>
    <message>
        <source>Needs me now</source>
        <translation>Braucht mich jetzt</translation>
    </message>
    <message>
        <source>Fleet</source>
        <translation>Flotte</translation>
    </message>
    <message>
        <source>Which models</source>
        <translation>Welche Modelle</translation>
    </message>
    <message numerus="yes">
        <source>%n columns hidden</source>
        <translation>
            <numerusform>%n Spalte ausgeblendet</numerusform>
            <numerusform>%n Spalten ausgeblendet</numerusform>
        </translation>
    </message>
    <message>
        <source>One time axis</source>
        <translation>Eine Zeitachse</translation>
    </message>
    <message>
        <source>All models, linked events for</source>
        <translation>Alle Modelle, verbundene Ereignisse von</translation>
    </message>
    <message>
        <source>Time shown</source>
        <translation>Gezeigte Zeit</translation>
    </message>
    <message>
        <source>24 h</source>
        <translation>24 h</translation>
    </message>
    <message>
        <source>7 d</source>
        <translation>7 T</translation>
    </message>
    <message>
        <source>30 d</source>
        <translation>30 T</translation>
    </message>
    <message>
        <source>Open the chosen model</source>
        <translation>Gewähltes Modell öffnen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Choose a model first.</source>
        <translation>Erst ein Modell wählen.</translation>
    </message>
    <message>
        <source>Go to what needs me</source>
        <translation>Zu dem gehen, was mich braucht</translation>
    </message>
    <message>
        <source>No models yet</source>
        <translation>Noch keine Modelle</translation>
    </message>
    <message>
        <source>Each model of the workspace file stands here with what is live, its quality against its limit, its drift and its rollout. Choose a data file and train the first one.</source>
        <translation>Jedes Modell der Arbeitsbereichsdatei steht hier mit dem, was live ist, seiner Qualität gegen den Grenzwert, seiner Drift und seinem Rollout. Eine Datendatei wählen und das erste trainieren.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message numerus="yes">
        <source>%n items</source>
        <translation>
            <numerusform>%n Eintrag</numerusform>
            <numerusform>%n Einträge</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing waits</source>
        <translation>Nichts wartet</translation>
    </message>
    <message>
        <source>Promotions to decide, models over their limit and failed runs stand here.</source>
        <translation>Freigaben, die zu entscheiden sind, Modelle über ihrem Grenzwert und gescheiterte Läufe stehen hier.</translation>
    </message>
    <message>
        <source>All %1</source>
        <translation>Alle %1</translation>
    </message>
    <message>
        <source>Needs me %1</source>
        <translation>Braucht mich %1</translation>
    </message>
    <message>
        <source>Over limit %1</source>
        <translation>Über Grenzwert %1</translation>
    </message>
    <message>
        <source>Late %1</source>
        <translation>Verspätet %1</translation>
    </message>
    <message>
        <source>Unknown %1</source>
        <translation>Unbekannt %1</translation>
    </message>
    <message>
        <source>Nothing happened yet</source>
        <translation>Noch ist nichts geschehen</translation>
    </message>
    <message>
        <source>Trainings, pipeline runs, promotions, rollouts, drift and alerts share one time axis here.</source>
        <translation>Trainings, Pipeline-Läufe, Freigaben, Rollouts, Drift und Alarme teilen hier eine Zeitachse.</translation>
    </message>
    <message>
        <source>1 h</source>
        <translation>1 h</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PanelState</name>
    <message>
        <source>Shown from %1, %2 old. %3</source>
        <translation>Stand von %1, %2 alt. %3</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>Wird geladen</translation>
    </message>
    <message>
        <source>Show the answer</source>
        <translation>Antwort zeigen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ParallelPlot</name>
    <message>
        <source>Trials of the search as parallel coordinates</source>
        <translation>Versuche der Suche als parallele Koordinaten</translation>
    </message>
    <message>
        <source>%1 trials; the best: %2</source>
        <translation>%1 Versuche; der beste: %2</translation>
    </message>
    <message>
        <source>trial</source>
        <translation>Versuch</translation>
    </message>
    <message>
        <source>trial %1</source>
        <translation>Versuch %1</translation>
    </message>
    <message>
        <source>on %1 of the rows</source>
        <translation>auf %1 der Zeilen</translation>
    </message>
    <message>
        <source> (log)</source>
        <translation> (log)</translation>
    </message>
    <message>
        <source>best: %1</source>
        <translation>der beste: %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ParameterForm</name>
    <message>
        <source>%1 to %2</source>
        <translation>%1 bis %2</translation>
    </message>
    <message>
        <source>at least %1</source>
        <translation>mindestens %1</translation>
    </message>
    <message>
        <source>at most %1</source>
        <translation>höchstens %1</translation>
    </message>
    <message>
        <source>The name under which it is kept; its value goes from the keychain to the system, and nowhere else.</source>
        <translation>Der Name, unter dem es verwahrt ist; der Wert geht vom Schlüsselbund an das System und sonst nirgendwohin.</translation>
    </message>
    <message>
        <source>A file of this machine.</source>
        <translation>Eine Datei dieser Maschine.</translation>
    </message>
    <message>
        <source>%1 (required)</source>
        <translation>%1 (erforderlich)</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <source>name of a secret</source>
        <translation>Name eines Geheimnisses</translation>
    </message>
    <message>
        <source>the system&apos;s own</source>
        <translation>der des Systems</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PipelineListModel</name>
    <message>
        <source>Pipeline</source>
        <translation>Pipeline</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>dieser Rechner</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PipelinesPanel</name>
    <message>
        <source>Pipelines</source>
        <translation>Pipelines</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Which runs</source>
        <translation>Welche Läufe</translation>
    </message>
    <message>
        <source>Pipeline runs, newest first</source>
        <translation>Pipeline-Läufe, neueste zuerst</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Log of the run</source>
        <translation>Protokoll des Laufs</translation>
    </message>
    <message>
        <source>Stage times</source>
        <translation>Dauer der Stufen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Start pipeline %1</source>
        <translation>Pipeline %1 starten</translation>
    </message>
    <message>
        <source>Cancel run</source>
        <translation>Lauf abbrechen</translation>
    </message>
    <message>
        <source>It has ended.</source>
        <translation>Er ist beendet.</translation>
    </message>
    <message>
        <source>The run ends here; nothing is deployed.</source>
        <translation>Der Lauf endet hier; nichts wird ausgeliefert.</translation>
    </message>
    <message>
        <source>The training stops at its next checkpoint; nothing is deployed.</source>
        <translation>Das Training hält am nächsten Checkpoint an; nichts wird ausgeliefert.</translation>
    </message>
    <message>
        <source>Start it again; a training goes on from its checkpoint.</source>
        <translation>Noch einmal starten; ein Training geht von seinem Checkpoint aus weiter.</translation>
    </message>
    <message>
        <source>Show run</source>
        <translation>Lauf zeigen</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>No pipelines yet</source>
        <translation>Noch keine Pipelines</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>Verbindungen</translation>
    </message>
    <message>
        <source>No run yet</source>
        <translation>Noch kein Lauf</translation>
    </message>
    <message>
        <source>Start a pipeline and its stages show up here.</source>
        <translation>Eine Pipeline starten, dann stehen ihre Stufen hier.</translation>
    </message>
    <message>
        <source>Promote %1 v%2? The run goes on when it is decided.</source>
        <translation>%1 v%2 freigeben? Der Lauf geht weiter, wenn es entschieden ist.</translation>
    </message>
    <message>
        <source>%1 paused</source>
        <translation>%1 angehalten</translation>
    </message>
    <message>
        <source>%1 running</source>
        <translation>%1 läuft</translation>
    </message>
    <message>
        <source>Start…</source>
        <translation>Starten…</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Passed</source>
        <translation>Bestanden</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Cancelled, skipped</source>
        <translation>Abgebrochen, übersprungen</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>system&apos;s own word on hover</source>
        <translation>Wort des Systems beim Zeigen</translation>
    </message>
    <message>
        <source>%1 so far</source>
        <translation>bisher %1</translation>
    </message>
    <message>
        <source>%1, usual %2</source>
        <translation>%1, üblich %2</translation>
    </message>
    <message>
        <source>No finished stage yet</source>
        <translation>Noch keine Stufe beendet</translation>
    </message>
    <message>
        <source>How long it took in the last twelve runs.</source>
        <translation>Wie lange sie in den letzten zwölf Läufen dauerte.</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 gescheitert</translation>
    </message>
    <message>
        <source>Start pipeline…</source>
        <translation>Pipeline starten…</translation>
    </message>
    <message>
        <source>No model has a recipe, and no connection has a pipeline.</source>
        <translation>Kein Modell hat ein Rezept, und keine Verbindung hat eine Pipeline.</translation>
    </message>
    <message>
        <source>No run is chosen.</source>
        <translation>Kein Lauf ist gewählt.</translation>
    </message>
    <message>
        <source>%1 ends no run by force.</source>
        <translation>%1 beendet keinen Lauf mit Gewalt.</translation>
    </message>
    <message>
        <source>%1 cannot cancel a run.</source>
        <translation>%1 kann keinen Lauf abbrechen.</translation>
    </message>
    <message>
        <source>It has not ended yet.</source>
        <translation>Er ist noch nicht zu Ende.</translation>
    </message>
    <message>
        <source>%1 runs all stages again or none.</source>
        <translation>%1 lässt alle Stufen noch einmal laufen oder keine.</translation>
    </message>
    <message>
        <source>No stage of it failed.</source>
        <translation>Keine seiner Stufen ist gescheitert.</translation>
    </message>
    <message>
        <source>%1 cannot run it again.</source>
        <translation>%1 kann ihn nicht noch einmal laufen lassen.</translation>
    </message>
    <message>
        <source>%1 runs again</source>
        <translation>%1 läuft noch einmal</translation>
    </message>
    <message>
        <source>Run again only what failed</source>
        <translation>Nur Gescheitertes noch einmal laufen lassen</translation>
    </message>
    <message>
        <source>What failed in %1 runs again</source>
        <translation>Was in %1 gescheitert ist, läuft noch einmal</translation>
    </message>
    <message>
        <source>%1 was cancelled</source>
        <translation>%1 wurde abgebrochen</translation>
    </message>
    <message>
        <source>%1 is asked to end it: what its stages have done so far stays done.</source>
        <translation>%1 wird gebeten, ihn zu beenden: was seine Stufen getan haben, bleibt getan.</translation>
    </message>
    <message>
        <source>It cannot be undone; it can be run again.</source>
        <translation>Es lässt sich nicht zurücknehmen; er kann noch einmal laufen.</translation>
    </message>
    <message>
        <source>End by force</source>
        <translation>Mit Gewalt beenden</translation>
    </message>
    <message>
        <source>%1 was ended</source>
        <translation>%1 wurde beendet</translation>
    </message>
    <message>
        <source>It ends at once: what it was writing may be half written, and its last steps do not run.</source>
        <translation>Er endet sofort: was er gerade schrieb, ist vielleicht halb geschrieben, und seine letzten Schritte laufen nicht.</translation>
    </message>
    <message>
        <source>It cannot be undone.</source>
        <translation>Es lässt sich nicht zurücknehmen.</translation>
    </message>
    <message>
        <source>Do what helps</source>
        <translation>Tun, was hilft</translation>
    </message>
    <message>
        <source>It is over by now.</source>
        <translation>Es hat sich inzwischen erledigt.</translation>
    </message>
    <message>
        <source>Nothing can be started that helps.</source>
        <translation>Es lässt sich nichts starten, das hilft.</translation>
    </message>
    <message>
        <source>%1: it has started</source>
        <translation>%1: es hat begonnen</translation>
    </message>
    <message>
        <source>Open in its system</source>
        <translation>In seinem System öffnen</translation>
    </message>
    <message>
        <source>It has no page.</source>
        <translation>Er hat keine Seite.</translation>
    </message>
    <message>
        <source>Copy as curl and pilot</source>
        <translation>Als curl und pilot kopieren</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Schedules…</source>
        <translation>Zeitpläne…</translation>
    </message>
    <message>
        <source>Pipeline, system, commit, /</source>
        <translation>Pipeline, System, Commit, /</translation>
    </message>
    <message>
        <source>Filter runs</source>
        <translation>Läufe filtern</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 von %2</translation>
    </message>
    <message numerus="yes">
        <source>%n sources</source>
        <translation>
            <numerusform>%n Quelle</numerusform>
            <numerusform>%n Quellen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 of %2 sources</source>
        <translation>%1 von %2 Quellen</translation>
    </message>
    <message>
        <source>A model with a recipe has one on this machine: train, gate, register, deploy. Jenkins, Actions, Kubeflow and Azure ML come with their connections.</source>
        <translation>Ein Modell mit Rezept hat eine auf diesem Rechner: trainieren, prüfen, registrieren, ausrollen. Jenkins, Actions, Kubeflow und Azure ML kommen mit ihren Verbindungen.</translation>
    </message>
    <message>
        <source>What is shown of the run</source>
        <translation>Was vom Lauf gezeigt wird</translation>
    </message>
    <message>
        <source>More for this run</source>
        <translation>Mehr zu diesem Lauf</translation>
    </message>
    <message>
        <source>Passed with warnings</source>
        <translation>Bestanden mit Warnungen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>%1, last 12 runs</source>
        <translation>%1, letzte 12 Läufe</translation>
    </message>
    <message>
        <source>Gate</source>
        <translation>Tor</translation>
    </message>
    <message>
        <source>Facts</source>
        <translation>Fakten</translation>
    </message>
    <message>
        <source>It has not begun</source>
        <translation>Er hat nicht begonnen</translation>
    </message>
    <message>
        <source>No stages</source>
        <translation>Keine Stufen</translation>
    </message>
    <message>
        <source>%1 names none of this run.</source>
        <translation>%1 nennt keine dieses Laufs.</translation>
    </message>
    <message>
        <source>What the times are of</source>
        <translation>Wovon die Zeiten sind</translation>
    </message>
    <message>
        <source>Whole run</source>
        <translation>Ganzer Lauf</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>Stage</translation>
    </message>
    <message>
        <source>Run times, last 12 runs</source>
        <translation>Laufzeiten, letzte 12 Läufe</translation>
    </message>
    <message>
        <source>No finished run yet</source>
        <translation>Noch kein beendeter Lauf</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PlanView</name>
    <message>
        <source>Copy call %1</source>
        <translation>Aufruf %1 kopieren</translation>
    </message>
    <message>
        <source>Cannot be undone.</source>
        <translation>Lässt sich nicht zurücknehmen.</translation>
    </message>
    <message>
        <source>Undo: %1</source>
        <translation>Rücknahme: %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PlotWidget</name>
    <message>
        <source>Chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>no data</source>
        <translation>keine Daten</translation>
    </message>
    <message>
        <source>time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Nothing in the time that is shown</source>
        <translation>Nichts in der gezeigten Zeit</translation>
    </message>
    <message>
        <source>points</source>
        <translation>Punkte</translation>
    </message>
    <message>
        <source>first</source>
        <translation>erster</translation>
    </message>
    <message>
        <source>last</source>
        <translation>zuletzt</translation>
    </message>
    <message>
        <source>least</source>
        <translation>kleinster</translation>
    </message>
    <message>
        <source>greatest</source>
        <translation>größter</translation>
    </message>
    <message>
        <source>chart</source>
        <translation>Diagramm</translation>
    </message>
    <message>
        <source>Copy values</source>
        <translation>Werte kopieren</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>Als PNG speichern…</translation>
    </message>
    <message>
        <source>Pictures (*.png)</source>
        <translation>Bilder (*.png)</translation>
    </message>
    <message>
        <source>Save as SVG…</source>
        <translation>Als SVG speichern…</translation>
    </message>
    <message>
        <source>Drawings (*.svg)</source>
        <translation>Zeichnungen (*.svg)</translation>
    </message>
    <message>
        <source>Save as CSV…</source>
        <translation>Als CSV speichern…</translation>
    </message>
    <message>
        <source>Tables (*.csv)</source>
        <translation>Tabellen (*.csv)</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Show all of the time</source>
        <translation>Ganze Zeit zeigen</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>Alles zeigen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PodGrid</name>
    <message>
        <source>Revision %1, current</source>
        <translation>Revision %1, aktuell</translation>
    </message>
    <message>
        <source>Revision %1</source>
        <translation>Revision %1</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pods</translation>
    </message>
    <message>
        <source>Template %1</source>
        <translation>Vorlage %1</translation>
    </message>
    <message>
        <source>%1 of %2 ready</source>
        <translation>%1 von %2 bereit</translation>
    </message>
    <message numerus="yes">
        <source>%n restarts</source>
        <translation>
            <numerusform>%n Neustart</numerusform>
            <numerusform>%n Neustarts</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 cpu</source>
        <translation>%1 CPU</translation>
    </message>
    <message>
        <source>ends</source>
        <translation>endet</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PodLogCanvas</name>
    <message>
        <source>Log of the pods</source>
        <translation>Protokoll der Pods</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PodLogView</name>
    <message>
        <source>Filter by a regular expression</source>
        <translation>Nach regulärem Ausdruck filtern</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>Wrap</source>
        <translation>Umbrechen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find in the log</source>
        <translation>Im Protokoll suchen</translation>
    </message>
    <message>
        <source>The log of the container before its last restart</source>
        <translation>Das Protokoll des Containers vor seinem letzten Neustart</translation>
    </message>
    <message>
        <source>This is no regular expression.</source>
        <translation>Das ist kein regulärer Ausdruck.</translation>
    </message>
    <message>
        <source>“%1” is not in these lines.</source>
        <translation>„%1“ steht nicht in diesen Zeilen.</translation>
    </message>
    <message numerus="yes">
        <source>%n lines</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>filtering…</source>
        <translation>wird gefiltert…</translation>
    </message>
    <message>
        <source>paused, %1 more</source>
        <translation>angehalten, %1 weitere</translation>
    </message>
    <message>
        <source>%1 older ones left, as 64 MiB are kept</source>
        <translation>%1 ältere sind herausgefallen, da 64 MiB behalten werden</translation>
    </message>
    <message>
        <source>%1 came too quickly to be read</source>
        <translation>%1 kamen zu schnell, um gelesen zu werden</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Fortfahren</translation>
    </message>
    <message>
        <source>There is nothing to save yet.</source>
        <translation>Es gibt noch nichts zu speichern.</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>Vorheriger</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PodModel</name>
    <message>
        <source>Pod</source>
        <translation>Pod</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <source>Restarts</source>
        <translation>Neustarts</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>Node</source>
        <translation>Knoten</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>Used, of what was asked for; in thousandths of a core where nothing was asked for</source>
        <translation>Verbraucht, vom Angeforderten; in Tausendstel eines Kerns, wo nichts angefordert ist</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Used, of what was asked for</source>
        <translation>Verbraucht, vom Angeforderten</translation>
    </message>
    <message>
        <source>Rev.</source>
        <translation>Rev.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PolicyForm</name>
    <message>
        <source>Retrain by itself</source>
        <translation>Von selbst neu trainieren</translation>
    </message>
    <message>
        <source>as often as it may retrain</source>
        <translation>so oft, wie sie trainieren darf</translation>
    </message>
    <message>
        <source>at any time</source>
        <translation>jederzeit</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>unbegrenzt</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
    <message>
        <source>Labelled rows it needs</source>
        <translation>Nötige Zeilen mit Label</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Hours</source>
        <translation>Stunden</translation>
    </message>
    <message>
        <source>Cost</source>
        <translation>Kosten</translation>
    </message>
    <message>
        <source>Price of an hour</source>
        <translation>Preis einer Stunde</translation>
    </message>
    <message>
        <source>Tries if it cannot start</source>
        <translation>Versuche, wenn sie nicht startet</translation>
    </message>
    <message>
        <source>Rules, one a line; one is enough</source>
        <translation>Bedingungen, eine je Zeile; eine genügt</translation>
    </message>
    <message>
        <source>A metric (“mae yesterday”), drift, data_changed, age, newest_row_age, source_age, rows_yesterday, schedule</source>
        <translation>Eine Metrik („mae yesterday“), drift, data_changed, age, newest_row_age, source_age, rows_yesterday, schedule</translation>
    </message>
    <message>
        <source>Looked at</source>
        <translation>Geprüft</translation>
    </message>
    <message>
        <source>1h, or a cron: 15 0 * * *</source>
        <translation>1h, oder ein Cron: 15 0 * * *</translation>
    </message>
    <message>
        <source>Retrain at most every</source>
        <translation>Training höchstens alle</translation>
    </message>
    <message>
        <source>Trained by</source>
        <translation>Trainiert von</translation>
    </message>
    <message>
        <source>Begins only in</source>
        <translation>Beginnt nur in</translation>
    </message>
    <message>
        <source>22:00-06:00; Sat,Sun</source>
        <translation>22:00-06:00; Sat,Sun</translation>
    </message>
    <message>
        <source>Never begins in (maintenance)</source>
        <translation>Beginnt nie in (Wartung)</translation>
    </message>
    <message>
        <source>Budget</source>
        <translation>Budget</translation>
    </message>
    <message>
        <source>In a time of</source>
        <translation>In einer Zeit von</translation>
    </message>
    <message>
        <source>After, doubled each time</source>
        <translation>Nach, jedes Mal verdoppelt</translation>
    </message>
    <message>
        <source>Tag of the champion&apos;s version</source>
        <translation>Tag der Version des Champions</translation>
    </message>
    <message>
        <source>Each decision is written to it: SKIPPED or RETRAIN_ATTEMPTED</source>
        <translation>Jede Entscheidung wird dort vermerkt: SKIPPED oder RETRAIN_ATTEMPTED</translation>
    </message>
    <message>
        <source>A number.</source>
        <translation>Eine Zahl.</translation>
    </message>
    <message>
        <source>“%1” is no number.</source>
        <translation>„%1“ ist keine Zahl.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PolicyLogModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Decision</source>
        <translation>Entscheidung</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PolicySheet</name>
    <message>
        <source>Retraining policy of %1</source>
        <translation>Trainingsregel von %1</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Policy of %1</source>
        <translation>Regel von %1</translation>
    </message>
    <message>
        <source>Would it have fired?</source>
        <translation>Hätte sie ausgelöst?</translation>
    </message>
    <message>
        <source>How far back</source>
        <translation>Wie weit zurück</translation>
    </message>
    <message>
        <source>7 d</source>
        <translation>7 T</translation>
    </message>
    <message>
        <source>30 d</source>
        <translation>30 T</translation>
    </message>
    <message>
        <source>90 d</source>
        <translation>90 T</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>Rule that is drawn</source>
        <translation>Gezeichnete Bedingung</translation>
    </message>
    <message>
        <source>Where the verdict changed</source>
        <translation>Wo sich das Urteil änderte</translation>
    </message>
    <message>
        <source>Save the policy</source>
        <translation>Regel speichern</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Open a policy first.</source>
        <translation>Öffnen Sie zuerst eine Regel.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>What was changed at run time lies over the file: see “pilot retrain config %1”.</source>
        <translation>Was zur Laufzeit geändert wurde, liegt über der Datei: siehe „pilot retrain config %1“.</translation>
    </message>
    <message>
        <source>Not saved yet.</source>
        <translation>Noch nicht gespeichert.</translation>
    </message>
    <message>
        <source>Nothing is known of the past yet</source>
        <translation>Von der Vergangenheit ist noch nichts bekannt</translation>
    </message>
    <message>
        <source>Labels, decisions and versions are replayed here as they come. A file of metrics: pilot retrain backtest %1 --csv FILE.</source>
        <translation>Labels, Entscheidungen und Versionen werden hier nachgespielt, wie sie kommen. Eine Datei mit Metriken: pilot retrain backtest %1 --csv DATEI.</translation>
    </message>
    <message numerus="yes">
        <source>%n retrainings</source>
        <translation>
            <numerusform>%n Training</numerusform>
            <numerusform>%n Trainings</numerusform>
        </translation>
    </message>
    <message>
        <source>Retrainings</source>
        <translation>Trainings</translation>
    </message>
    <message>
        <source>%1, at most %2 in a week; looked at %3, %4 times</source>
        <translation>%1, höchstens %2 in einer Woche; geprüft %3, %4-mal</translation>
    </message>
    <message numerus="yes">
        <source>%n looks too soon</source>
        <translation>
            <numerusform>%n Prüfung zu früh</numerusform>
            <numerusform>%n Prüfungen zu früh</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n outside its windows</source>
        <translation>
            <numerusform>%n außerhalb der Fenster</numerusform>
            <numerusform>%n außerhalb der Fenster</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n beyond the budget</source>
        <translation>
            <numerusform>%n über dem Budget</numerusform>
            <numerusform>%n über dem Budget</numerusform>
        </translation>
    </message>
    <message>
        <source>Held back</source>
        <translation>Zurückgehalten</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>, cost %1</source>
        <translation>, Kosten %1</translation>
    </message>
    <message>
        <source>how long a run takes is not known yet</source>
        <translation>wie lange ein Lauf dauert, ist noch nicht bekannt</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>It is never looked at</source>
        <translation>Sie wird nie geprüft</translation>
    </message>
    <message>
        <source>No look falls into this time. Choose a longer one.</source>
        <translation>In diese Zeit fällt keine Prüfung. Wählen Sie eine längere.</translation>
    </message>
    <message>
        <source>It is being saved.</source>
        <translation>Es wird gespeichert.</translation>
    </message>
    <message>
        <source>It is being tried.</source>
        <translation>Es wird ausprobiert.</translation>
    </message>
    <message>
        <source>The workspace file says this already.</source>
        <translation>Die Arbeitsbereichsdatei sagt dies schon.</translation>
    </message>
    <message>
        <source>It was not saved.</source>
        <translation>Es wurde nicht gespeichert.</translation>
    </message>
    <message>
        <source>The policy of %1 is saved</source>
        <translation>Die Regel von %1 ist gespeichert</translation>
    </message>
    <message>
        <source>The workspace file is read again.</source>
        <translation>Die Arbeitsbereichsdatei wird neu gelesen.</translation>
    </message>
    <message>
        <source>Edit the retraining policy…</source>
        <translation>Trainingsregel bearbeiten…</translation>
    </message>
    <message>
        <source>Choose a model of the workspace first.</source>
        <translation>Wählen Sie zuerst ein Modell des Arbeitsbereichs.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ProgressBar</name>
    <message>
        <source>length not known</source>
        <translation>Länge nicht bekannt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::PromotionSheet</name>
    <message>
        <source>Both models, scored again on the same rows</source>
        <translation>Beide Modelle, neu gerechnet auf denselben Zeilen</translation>
    </message>
    <message>
        <source>Metrics of both models on the same rows</source>
        <translation>Metriken beider Modelle auf denselben Zeilen</translation>
    </message>
    <message>
        <source>Gates</source>
        <translation>Tore</translation>
    </message>
    <message>
        <source>Gates of this promotion</source>
        <translation>Tore dieser Freigabe</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Row share in %</source>
        <translation>Zeilenanteil in %</translation>
    </message>
    <message>
        <source>Decide</source>
        <translation>Entscheiden</translation>
    </message>
    <message>
        <source>Where it comes from</source>
        <translation>Woher es kommt</translation>
    </message>
    <message>
        <source>What approving will do</source>
        <translation>Was das Zustimmen bewirkt</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Approvals</source>
        <translation>Zustimmungen</translation>
    </message>
    <message>
        <source>Comment, kept with the decision</source>
        <translation>Kommentar, bleibt bei der Entscheidung</translation>
    </message>
    <message numerus="yes">
        <source>%1 rows</source>
        <translation>
            <numerusform>%1 Zeile</numerusform>
            <numerusform>%1 Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>, %1 left out: the champion was trained on them</source>
        <translation>, %1 ausgelassen: Der Champion wurde damit trainiert</translation>
    </message>
    <message>
        <source>local, %1</source>
        <translation>lokal, %1</translation>
    </message>
    <message>
        <source>Waiting, %1 of %2 approvals</source>
        <translation>Wartet, %1 von %2 Zustimmungen</translation>
    </message>
    <message>
        <source>Asked by %1, %2 ago</source>
        <translation>Beantragt von %1, vor %2</translation>
    </message>
    <message>
        <source>v%1</source>
        <translation>v%1</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>Basis</translation>
    </message>
    <message>
        <source>Champion %1</source>
        <translation>Champion %1</translation>
    </message>
    <message>
        <source>Candidate %1</source>
        <translation>Kandidat %1</translation>
    </message>
    <message>
        <source>density</source>
        <translation>Dichte</translation>
    </message>
    <message>
        <source>Distribution of the error of both models: %1</source>
        <translation>Verteilung des Fehlers beider Modelle: %1</translation>
    </message>
    <message>
        <source>Error, %1</source>
        <translation>Fehler, %1</translation>
    </message>
    <message>
        <source>predicted minus true</source>
        <translation>vorhergesagt minus wahr</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>SHA-256</source>
        <translation>SHA-256</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>Code</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>Paired test</source>
        <translation>Gepaarter Test</translation>
    </message>
    <message>
        <source>p = %1, %2</source>
        <translation>p = %1, %2</translation>
    </message>
    <message>
        <source>%1 approved %2, “%3”</source>
        <translation>%1 stimmte zu %2, „%3“</translation>
    </message>
    <message>
        <source>%1 rejected %2, “%3”</source>
        <translation>%1 lehnte ab %2, „%3“</translation>
    </message>
    <message>
        <source>Nothing is open.</source>
        <translation>Nichts ist offen.</translation>
    </message>
    <message>
        <source>It is decided: %1.</source>
        <translation>Es ist entschieden: %1.</translation>
    </message>
    <message>
        <source>A gate blocks.</source>
        <translation>Ein Tor sperrt.</translation>
    </message>
    <message>
        <source>Write a comment first; it is kept with the decision.</source>
        <translation>Erst einen Kommentar schreiben; er bleibt bei der Entscheidung.</translation>
    </message>
    <message>
        <source>If the alias or the package moves before it is sent, nothing is sent.</source>
        <translation>Bewegt sich der Alias oder das Paket, bevor gesendet wird, wird nichts gesendet.</translation>
    </message>
    <message>
        <source>Alias %1 back to v%2 and traffic with it, noted in the journal. One step, kept until the next promotion.</source>
        <translation>Alias %1 zurück auf v%2 und die Anfragen mit ihm, im Journal vermerkt. Ein Schritt, möglich bis zur nächsten Freigabe.</translation>
    </message>
    <message>
        <source>Alias %1 is taken away again; nothing was served before.</source>
        <translation>Der Alias %1 wird wieder weggenommen; vorher wurde nichts ausgeliefert.</translation>
    </message>
    <message>
        <source>Reading what stands now…</source>
        <translation>Liest, was jetzt gilt …</translation>
    </message>
    <message>
        <source>What came of it</source>
        <translation>Was daraus wurde</translation>
    </message>
    <message>
        <source>mean %1 %2</source>
        <translation>Mittel %1 %2</translation>
    </message>
    <message>
        <source>Slices</source>
        <translation>Teilmengen</translation>
    </message>
    <message>
        <source>Both models in groups of the rows</source>
        <translation>Beide Modelle in Gruppen der Zeilen</translation>
    </message>
    <message>
        <source>%1 by slice</source>
        <translation>%1 je Teilmenge</translation>
    </message>
    <message>
        <source>share of “%1”</source>
        <translation>Anteil „%1“</translation>
    </message>
    <message>
        <source>probability of “%1”</source>
        <translation>Wahrscheinlichkeit von „%1“</translation>
    </message>
    <message>
        <source>Calibration of both models: how often “%1” came by the probability that was given for it</source>
        <translation>Kalibrierung beider Modelle: wie oft „%1“ eintrat, je nach der dafür genannten Wahrscheinlichkeit</translation>
    </message>
    <message>
        <source>calibrated</source>
        <translation>kalibriert</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Bootstrap</source>
        <translation>Bootstrap</translation>
    </message>
    <message>
        <source>several targets: their errors have different units</source>
        <translation>mehrere Ziele: ihre Fehler haben verschiedene Einheiten</translation>
    </message>
    <message numerus="yes">
        <source>%n days</source>
        <translation>
            <numerusform>%n Tag</numerusform>
            <numerusform>%n Tagen</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 h</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 min</translation>
    </message>
    <message>
        <source>void: %1</source>
        <translation>ungültig: %1</translation>
    </message>
    <message>
        <source>signed, valid</source>
        <translation>unterschrieben, gültig</translation>
    </message>
    <message>
        <source>not signed</source>
        <translation>nicht unterschrieben</translation>
    </message>
    <message>
        <source>%1, expires in %2</source>
        <translation>%1, verfällt in %2</translation>
    </message>
    <message>
        <source>Model card</source>
        <translation>Modellkarte</translation>
    </message>
    <message>
        <source>What differs between the model cards</source>
        <translation>Was sich zwischen den Modellkarten unterscheidet</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>Pipeline</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Champion</source>
        <translation>Champion</translation>
    </message>
    <message>
        <source>answered at %1</source>
        <translation>antwortete unter %1</translation>
    </message>
    <message numerus="yes">
        <source>%n needed, not by who asked.</source>
        <translation>
            <numerusform>%n nötig, nicht von der antragstellenden Person.</numerusform>
            <numerusform>%n nötig, nicht von der antragstellenden Person.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n needed; one&apos;s own counts here.</source>
        <translation>
            <numerusform>%n nötig; die eigene zählt hier.</numerusform>
            <numerusform>%n nötig; die eigene zählt hier.</numerusform>
        </translation>
    </message>
    <message>
        <source>Only those signed with a key of the workspace&apos;s approvers count.</source>
        <translation>Es zählen nur solche, die mit einem Schlüssel der im Arbeitsbereich genannten Zustimmenden unterschrieben sind.</translation>
    </message>
    <message>
        <source>Not signed: the workspace names no approvers. A guard-rail, not a proof.</source>
        <translation>Nicht unterschrieben: Der Arbeitsbereich nennt keine Zustimmenden. Ein Geländer, kein Beweis.</translation>
    </message>
    <message>
        <source>%1 — %2</source>
        <translation>%1 — %2</translation>
    </message>
    <message>
        <source>A gate blocks</source>
        <translation>Eine Schranke sperrt</translation>
    </message>
    <message>
        <source>No gate blocks</source>
        <translation>Keine Schranke sperrt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RecipeForm</name>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Target</source>
        <translation>Ziel</translation>
    </message>
    <message>
        <source>Register as a candidate</source>
        <translation>Als Kandidat eintragen</translation>
    </message>
    <message>
        <source>Recipe</source>
        <translation>Rezept</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Open a data file</source>
        <translation>Datendatei öffnen</translation>
    </message>
    <message>
        <source>Tables (*.csv *.csv.gz *.tsv *.txt);;All files (*)</source>
        <translation>Tabellen (*.csv *.csv.gz *.tsv *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>reading…</source>
        <translation>wird gelesen …</translation>
    </message>
    <message>
        <source>%1 rows read.</source>
        <translation>%1 Zeilen gelesen.</translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s) in the file, first: %1</source>
        <translation>
            <numerusform>%n Mangel in der Datei, zuerst: %1</numerusform>
            <numerusform>%n Mängel in der Datei, zuerst: %1</numerusform>
        </translation>
    </message>
    <message>
        <source>a new model</source>
        <translation>ein neues Modell</translation>
    </message>
    <message>
        <source>Needs role operator.</source>
        <translation>Braucht die Rolle operator.</translation>
    </message>
    <message>
        <source>Choose a model or open a data file first.</source>
        <translation>Erst ein Modell wählen oder eine Datendatei öffnen.</translation>
    </message>
    <message>
        <source>The recipe has a mistake.</source>
        <translation>Das Rezept hat einen Fehler.</translation>
    </message>
    <message>
        <source>The recipe is being saved.</source>
        <translation>Das Rezept wird gespeichert.</translation>
    </message>
    <message>
        <source>It is being trained now.</source>
        <translation>Es wird gerade trainiert.</translation>
    </message>
    <message>
        <source>Train %1</source>
        <translation>%1 trainieren</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RegisterSheet</name>
    <message>
        <source>Model among its artifacts</source>
        <translation>Modell unter seinen Artefakten</translation>
    </message>
    <message>
        <source>Registered model</source>
        <translation>Registriertes Modell</translation>
    </message>
    <message>
        <source>Of the workspace or the registry; a new name makes a new one.</source>
        <translation>Des Arbeitsbereichs oder der Registry; ein neuer Name legt ein neues an.</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Noch einmal ansehen</translation>
    </message>
    <message>
        <source>This run left no model</source>
        <translation>Dieser Lauf hat kein Modell hinterlassen</translation>
    </message>
    <message>
        <source>A model is a folder of its artifacts with an MLmodel in it, as MLflow&apos;s log_model and Pilothouse&apos;s trainings leave it.</source>
        <translation>Ein Modell ist ein Ordner seiner Artefakte mit einem MLmodel darin, wie MLflows log_model und die Trainings von Pilothouse ihn hinterlassen.</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Es ist kein Arbeitsbereich offen.</translation>
    </message>
    <message>
        <source>It is being registered.</source>
        <translation>Es wird registriert.</translation>
    </message>
    <message>
        <source>There is no model to register.</source>
        <translation>Es gibt kein Modell zu registrieren.</translation>
    </message>
    <message>
        <source>Name the model first.</source>
        <translation>Erst das Modell benennen.</translation>
    </message>
    <message>
        <source>Digest</source>
        <translation>Prüfsumme</translation>
    </message>
    <message>
        <source>none: no package of Pilothouse, so nothing says later whether somebody wrote over it</source>
        <translation>keine: kein Paket von Pilothouse, also sagt später nichts, ob jemand es überschrieben hat</translation>
    </message>
    <message>
        <source>Lies at</source>
        <translation>Liegt in</translation>
    </message>
    <message>
        <source>Register %1</source>
        <translation>%1 registrieren</translation>
    </message>
    <message>
        <source>It is being registered …</source>
        <translation>Es wird registriert …</translation>
    </message>
    <message>
        <source>Cancelled.</source>
        <translation>Abgebrochen.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ReportPeriodSheet</name>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>To, this day included</source>
        <translation>Bis, diesen Tag eingeschlossen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Ausgeben …</translation>
    </message>
    <message>
        <source>Everything that is known</source>
        <translation>Alles, was bekannt ist</translation>
    </message>
    <message>
        <source>The last 30 days</source>
        <translation>Die letzten 30 Tage</translation>
    </message>
    <message>
        <source>The last 90 days</source>
        <translation>Die letzten 90 Tage</translation>
    </message>
    <message>
        <source>This year</source>
        <translation>Dieses Jahr</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>Voriges Jahr</translation>
    </message>
    <message>
        <source>Days of your own</source>
        <translation>Eigene Tage</translation>
    </message>
    <message>
        <source>Period</source>
        <translation>Zeitraum</translation>
    </message>
    <message>
        <source>Changes, promotions and what was live in it. What was live at its beginning is told, too.</source>
        <translation>Änderungen, Freigaben und was darin live war. Auch was an seinem Anfang live war, steht da.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>It is before the first day.</source>
        <translation>Er liegt vor dem ersten Tag.</translation>
    </message>
    <message>
        <source>It has not come yet.</source>
        <translation>Er ist noch nicht gekommen.</translation>
    </message>
    <message>
        <source>Correct the days first.</source>
        <translation>Erst die Tage berichtigen.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ResourceCharts</name>
    <message>
        <source>CPU, cores</source>
        <translation>CPU, Kerne</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>Platte</translation>
    </message>
    <message>
        <source>Predictions/d</source>
        <translation>Vorhersagen/T</translation>
    </message>
    <message>
        <source>Nothing is chosen</source>
        <translation>Nichts ist gewählt</translation>
    </message>
    <message>
        <source>What a workload takes is drawn here.</source>
        <translation>Was ein Workload braucht, wird hier gezeichnet.</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Nicht bekannt</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %2, the last %n day(s)</source>
        <translation>
            <numerusform>%1 von %2, letzter Tag (%n)</numerusform>
            <numerusform>%1 von %2, die letzten %n Tage</numerusform>
        </translation>
    </message>
    <message>
        <source>Requests of each day of %1; today so far.</source>
        <translation>Anfragen jedes Tages von %1; heute bis jetzt.</translation>
    </message>
    <message>
        <source>CPU</source>
        <translation>CPU</translation>
    </message>
    <message>
        <source>cores</source>
        <translation>Kerne</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>Speicher</translation>
    </message>
    <message>
        <source>used</source>
        <translation>belegt</translation>
    </message>
    <message>
        <source>size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>predictions</source>
        <translation>Vorhersagen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RevisionModel</name>
    <message>
        <source>Rev.</source>
        <translation>Rev.</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>Ergebnis</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RightsModel</name>
    <message>
        <source>Verb</source>
        <translation>Verb</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>Ressource</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <source>no</source>
        <translation>nein</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RolloutEventModel</name>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RolloutsPanel</name>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>Revisions</source>
        <translation>Revisionen</translation>
    </message>
    <message>
        <source>Events of this endpoint, from the journal</source>
        <translation>Ereignisse dieses Endpunkts, aus dem Journal</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>from the journal</source>
        <translation>aus dem Journal</translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation>Endpunkte</translation>
    </message>
    <message>
        <source>Requests/s</source>
        <translation>Anfragen/s</translation>
    </message>
    <message>
        <source>Errors, %</source>
        <translation>Fehler, %</translation>
    </message>
    <message>
        <source>Mean error</source>
        <translation>Mittlerer Fehler</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Promote to next step</source>
        <translation>Zum nächsten Schritt</translation>
    </message>
    <message>
        <source>No canary is on its way.</source>
        <translation>Kein Canary ist unterwegs.</translation>
    </message>
    <message>
        <source>%1 goes to the next step</source>
        <translation>%1 geht zum nächsten Schritt</translation>
    </message>
    <message>
        <source>Promote fully</source>
        <translation>Ganz umstellen</translation>
    </message>
    <message>
        <source>Version %1 gets all traffic of %2 now, without the steps in between.</source>
        <translation>Version %1 bekommt sofort alle Anfragen von %2, ohne die Schritte dazwischen.</translation>
    </message>
    <message>
        <source>Undo to the revision before.</source>
        <translation>Rücknahme auf die Revision davor.</translation>
    </message>
    <message>
        <source>%1 is at 100 %</source>
        <translation>%1 ist bei 100 %</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Nothing is moving.</source>
        <translation>Nichts bewegt sich.</translation>
    </message>
    <message>
        <source>Canary of %1 is paused</source>
        <translation>Canary von %1 ist angehalten</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>It is not paused.</source>
        <translation>Er ist nicht angehalten.</translation>
    </message>
    <message>
        <source>Canary of %1 goes on</source>
        <translation>Canary von %1 geht weiter</translation>
    </message>
    <message>
        <source>Abort</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Abort canary</source>
        <translation>Canary abbrechen</translation>
    </message>
    <message>
        <source>All traffic of %1 returns to version %2, and the alias with it.</source>
        <translation>Alle Anfragen von %1 gehen zurück an Version %2 und der Alias mit ihnen.</translation>
    </message>
    <message>
        <source>Promote the version again to come back.</source>
        <translation>Die Version noch einmal freigeben, um zurückzukommen.</translation>
    </message>
    <message>
        <source>Canary of %1 was aborted</source>
        <translation>Canary von %1 wurde abgebrochen</translation>
    </message>
    <message>
        <source>Serve champion</source>
        <translation>Champion ausliefern</translation>
    </message>
    <message>
        <source>It is served, or no version is live yet.</source>
        <translation>Er wird ausgeliefert, oder es ist noch keine Version live.</translation>
    </message>
    <message>
        <source>%1 is served</source>
        <translation>%1 wird ausgeliefert</translation>
    </message>
    <message>
        <source>Undo to revision</source>
        <translation>Zurück auf eine Revision</translation>
    </message>
    <message>
        <source>Choose an earlier revision.</source>
        <translation>Eine frühere Revision wählen.</translation>
    </message>
    <message>
        <source>It has all traffic already.</source>
        <translation>Sie hat schon alle Anfragen.</translation>
    </message>
    <message>
        <source>Undo to revision %1</source>
        <translation>Zurück auf Revision %1</translation>
    </message>
    <message>
        <source>Revision %1 gets all traffic of %2 at once.</source>
        <translation>Revision %1 bekommt sofort alle Anfragen von %2.</translation>
    </message>
    <message>
        <source>Undo to the present revision comes back.</source>
        <translation>Rücknahme auf die jetzige Revision führt zurück.</translation>
    </message>
    <message>
        <source>Undo %1 to revision %2</source>
        <translation>%1 auf Revision %2 zurücknehmen</translation>
    </message>
    <message>
        <source>%1 is back at revision %2</source>
        <translation>%1 ist wieder auf Revision %2</translation>
    </message>
    <message>
        <source>Show rollout</source>
        <translation>Rollout zeigen</translation>
    </message>
    <message>
        <source>Go to</source>
        <translation>Gehe zu</translation>
    </message>
    <message>
        <source>Show rollout of %1</source>
        <translation>Rollout von %1 zeigen</translation>
    </message>
    <message>
        <source>Nothing is served</source>
        <translation>Nichts wird ausgeliefert</translation>
    </message>
    <message>
        <source>A model with a deployment in the workspace shows up here, and its canary when a promotion starts one.</source>
        <translation>Ein Modell mit einem Deployment im Arbeitsbereich steht hier, und sein Canary, wenn eine Freigabe einen beginnt.</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>canary</source>
        <translation>Canary</translation>
    </message>
    <message>
        <source>No traffic seen yet</source>
        <translation>Noch keine Anfragen gesehen</translation>
    </message>
    <message>
        <source>The curves begin when the endpoint is asked.</source>
        <translation>Die Kurven beginnen, wenn der Endpunkt gefragt wird.</translation>
    </message>
    <message>
        <source>Mean error, %1</source>
        <translation>Mittlerer Fehler, %1</translation>
    </message>
    <message>
        <source>No revision yet</source>
        <translation>Noch keine Revision</translation>
    </message>
    <message>
        <source>Each version taken into service is kept here to go back to.</source>
        <translation>Jede Version, die in Betrieb ging, bleibt hier, um zu ihr zurückzukehren.</translation>
    </message>
    <message>
        <source>No event yet</source>
        <translation>Noch kein Ereignis</translation>
    </message>
    <message>
        <source>Every write to this endpoint is listed here.</source>
        <translation>Jeder Schreibvorgang an diesem Endpunkt steht hier.</translation>
    </message>
    <message>
        <source>Both sides in numbers</source>
        <translation>Beide Seiten in Zahlen</translation>
    </message>
    <message>
        <source>Both sides</source>
        <translation>Beide Seiten</translation>
    </message>
    <message>
        <source>Newest requests</source>
        <translation>Neueste Anfragen</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>Start demo traffic</source>
        <translation>Demo-Anfragen starten</translation>
    </message>
    <message>
        <source>v%1, %2</source>
        <translation>v%1, %2</translation>
    </message>
    <message>
        <source>What answers</source>
        <translation>Was antwortet</translation>
    </message>
    <message>
        <source>since this step began</source>
        <translation>seit Beginn dieses Schritts</translation>
    </message>
    <message>
        <source>Nothing answers</source>
        <translation>Nichts antwortet</translation>
    </message>
    <message>
        <source>A promotion takes the first version into service.</source>
        <translation>Eine Freigabe nimmt die erste Version in Betrieb.</translation>
    </message>
    <message>
        <source>1/s</source>
        <translation>1/s</translation>
    </message>
    <message>
        <source>log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>No label yet</source>
        <translation>Noch kein Label</translation>
    </message>
    <message>
        <source>The error is known when what was measured comes back.</source>
        <translation>Der Fehler ist bekannt, wenn das Gemessene zurückkommt.</translation>
    </message>
    <message>
        <source>newest %1, last %2</source>
        <translation>neueste %1, letzte %2</translation>
    </message>
    <message>
        <source>No request yet</source>
        <translation>Noch keine Anfrage</translation>
    </message>
    <message>
        <source>What was asked last, who answered and how fast.</source>
        <translation>Was zuletzt gefragt wurde, wer antwortete und wie schnell.</translation>
    </message>
    <message>
        <source>since it took all traffic</source>
        <translation>seit sie alle Anfragen bekommt</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Protokolle</translation>
    </message>
    <message>
        <source>All pods</source>
        <translation>Alle Pods</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>%1 answers</source>
        <translation>%1 antwortet</translation>
    </message>
    <message>
        <source>Its workloads stand in the list.</source>
        <translation>Seine Workloads stehen in der Liste.</translation>
    </message>
    <message>
        <source>Choose a workload</source>
        <translation>Einen Workload wählen</translation>
    </message>
    <message>
        <source>What it runs, its pods, revisions and events are shown here.</source>
        <translation>Was er ausführt, seine Pods, Revisionen und Ereignisse stehen hier.</translation>
    </message>
    <message>
        <source>%1 of %2 clusters</source>
        <translation>%1 von %2 Clustern</translation>
    </message>
    <message>
        <source>Workloads</source>
        <translation>Workloads</translation>
    </message>
    <message>
        <source>Filter, / to focus</source>
        <translation>Filter, / setzt den Fokus</translation>
    </message>
    <message>
        <source>Filter workloads</source>
        <translation>Workloads filtern</translation>
    </message>
    <message>
        <source>Apply a folder…</source>
        <translation>Ordner anwenden …</translation>
    </message>
    <message>
        <source>What the charts show</source>
        <translation>Was die Diagramme zeigen</translation>
    </message>
    <message>
        <source>Answers, last hour</source>
        <translation>Antworten, letzte Stunde</translation>
    </message>
    <message>
        <source>Resources, 7 days</source>
        <translation>Ressourcen, 7 Tage</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RuleModel</name>
    <message>
        <source>Rule</source>
        <translation>Regel</translation>
    </message>
    <message>
        <source>fires</source>
        <translation>löst aus</translation>
    </message>
    <message>
        <source>holds</source>
        <translation>hält</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>nicht bekannt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunAxesPlot</name>
    <message>
        <source>Runs as parallel coordinates</source>
        <translation>Läufe als parallele Koordinaten</translation>
    </message>
    <message>
        <source>Drag along an axis to keep the runs that pass there; click it to let all pass. Keys: ← → axis, ↑ ↓ run, [ and ] limits at its value, Del and Esc clear</source>
        <translation>Entlang einer Achse ziehen behält die Läufe, die dort durchgehen; ein Klick lässt alle durch. Tasten: ← → Achse, ↑ ↓ Lauf, [ und ] Grenzen an seinem Wert, Entf und Esc löschen</translation>
    </message>
    <message>
        <source>run</source>
        <translation>ausführen</translation>
    </message>
    <message>
        <source>%1 (log)</source>
        <translation>%1 (log)</translation>
    </message>
    <message numerus="yes">
        <source>%1 of %n runs pass</source>
        <translation>
            <numerusform>%1 von %n Lauf passt</numerusform>
            <numerusform>%1 von %n Läufen passen</numerusform>
        </translation>
    </message>
    <message>
        <source>Drag along an axis to keep the runs that pass there</source>
        <translation>Entlang einer Achse ziehen behält die Läufe, die dort durchgehen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunColumnChooser</name>
    <message>
        <source>Column, or metrics.loss@100</source>
        <translation>Spalte, oder metrics.loss@100</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunColumnModel</name>
    <message>
        <source>metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>of each run</source>
        <translation>jedes Laufs</translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <translation>%1, %2, %3</translation>
    </message>
    <message>
        <source>shown</source>
        <translation>gezeigt</translation>
    </message>
    <message>
        <source>not shown</source>
        <translation>nicht gezeigt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunDiffModel</name>
    <message>
        <source>parameter</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>metric</source>
        <translation>Metrik</translation>
    </message>
    <message>
        <source>tag</source>
        <translation>Tag</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunFacts</name>
    <message>
        <source>%1 passed</source>
        <translation>%1 bestanden</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>%1 gescheitert</translation>
    </message>
    <message>
        <source>%1 skipped</source>
        <translation>%1 ausgelassen</translation>
    </message>
    <message>
        <source>joined with a start that waited already: somebody else may have started it</source>
        <translation>mit einem Start zusammengelegt, der schon wartete: vielleicht hat ihn jemand anders gestartet</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>Pipeline</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>Titel</translation>
    </message>
    <message>
        <source>Started by</source>
        <translation>Gestartet von</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>Branch</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>Repository</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>Attempt</source>
        <translation>Versuch</translation>
    </message>
    <message>
        <source>Merged</source>
        <translation>Zusammengelegt</translation>
    </message>
    <message>
        <source>Tests</source>
        <translation>Tests</translation>
    </message>
    <message>
        <source>Coverage</source>
        <translation>Abdeckung</translation>
    </message>
    <message>
        <source>Metrics</source>
        <translation>Metriken</translation>
    </message>
    <message>
        <source>Built for</source>
        <translation>Gebaut für</translation>
    </message>
    <message>
        <source>Images</source>
        <translation>Images</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Own word</source>
        <translation>Eigenes Wort</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>This run</source>
        <translation>Dieser Lauf</translation>
    </message>
    <message>
        <source>Belongs together</source>
        <translation>Gehört zusammen</translation>
    </message>
    <message>
        <source>Facts of this run</source>
        <translation>Fakten dieses Laufs</translation>
    </message>
    <message>
        <source>Open in %1</source>
        <translation>In %1 öffnen</translation>
    </message>
    <message>
        <source>%1 v%2, by its commit</source>
        <translation>%1 v%2, nach seinem Commit</translation>
    </message>
    <message>
        <source>Rollout of %1 v%2</source>
        <translation>Rollout von %1 v%2</translation>
    </message>
    <message>
        <source>Rollout of %1, %2</source>
        <translation>Rollout von %1, %2</translation>
    </message>
    <message>
        <source>Model %1</source>
        <translation>Modell %1</translation>
    </message>
    <message>
        <source>Image %1</source>
        <translation>Image %1</translation>
    </message>
    <message>
        <source>%1, version %2</source>
        <translation>%1, Version %2</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunFilterEdit</name>
    <message>
        <source>metrics.rmse &lt; 1 AND params.model = &apos;xgb&apos;, or words</source>
        <translation>metrics.rmse &lt; 1 AND params.model = &apos;xgb&apos;, oder Wörter</translation>
    </message>
    <message>
        <source>Filter of runs</source>
        <translation>Filter der Läufe</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunLegend</name>
    <message>
        <source>Runs and their lines; Space hides one and shows it again</source>
        <translation>Läufe und ihre Linien; die Leertaste verbirgt eine und zeigt sie wieder</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunListModel</name>
    <message>
        <source>%1, %2 old</source>
        <translation>%1, %2 alt</translation>
    </message>
    <message>
        <source>%1 in %2, %3</source>
        <translation>%1 in %2, %3</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunLogCanvas</name>
    <message>
        <source>Log of the run</source>
        <translation>Protokoll des Laufs</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>Warnung</translation>
    </message>
    <message>
        <source>Line %1 of %2: %3%4</source>
        <translation>Zeile %1 von %2: %3%4</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunLogCard</name>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Log of which stage</source>
        <translation>Protokoll welcher Stufe</translation>
    </message>
    <message>
        <source>Which attempt</source>
        <translation>Welcher Versuch</translation>
    </message>
    <message>
        <source>As text, or folded</source>
        <translation>Als Text oder gefaltet</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>Text</translation>
    </message>
    <message>
        <source>Plays and tasks of ansible-playbook</source>
        <translation>Plays und Aufgaben von ansible-playbook</translation>
    </message>
    <message>
        <source>All stages</source>
        <translation>Alle Stufen</translation>
    </message>
    <message>
        <source>All attempts</source>
        <translation>Alle Versuche</translation>
    </message>
    <message>
        <source>Attempt %1</source>
        <translation>Versuch %1</translation>
    </message>
    <message>
        <source>%1 It is tried again.</source>
        <translation>%1 Es wird wieder versucht.</translation>
    </message>
    <message>
        <source>Another window reads it.</source>
        <translation>Ein anderes Fenster liest es.</translation>
    </message>
    <message>
        <source>Reading the log…</source>
        <translation>Das Protokoll wird gelesen…</translation>
    </message>
    <message>
        <source>Its log begins with the run.</source>
        <translation>Sein Protokoll beginnt mit dem Lauf.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunLogView</name>
    <message>
        <source>Warnings only</source>
        <translation>Nur Warnungen</translation>
    </message>
    <message>
        <source>Line numbers</source>
        <translation>Zeilennummern</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Folgen</translation>
    </message>
    <message>
        <source>First error</source>
        <translation>Erster Fehler</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Sichern…</translation>
    </message>
    <message>
        <source>Read the begin</source>
        <translation>Anfang lesen</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>Suchen</translation>
    </message>
    <message>
        <source>Find in the log</source>
        <translation>Im Protokoll suchen</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>Regulärer Ausdruck</translation>
    </message>
    <message>
        <source>Go to the end, and on with it (End)</source>
        <translation>Ans Ende gehen und mit ihm weiter (Ende)</translation>
    </message>
    <message>
        <source>No error was found yet.</source>
        <translation>Noch wurde kein Fehler gefunden.</translation>
    </message>
    <message>
        <source>No line reads like an error.</source>
        <translation>Keine Zeile liest sich wie ein Fehler.</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>Protokoll sichern</translation>
    </message>
    <message>
        <source>Text (*.txt *.log)</source>
        <translation>Text (*.txt *.log)</translation>
    </message>
    <message>
        <source>Saving…</source>
        <translation>Wird gesichert…</translation>
    </message>
    <message>
        <source>Saved as %1.</source>
        <translation>Gesichert als %1.</translation>
    </message>
    <message numerus="yes">
        <source>%n lines</source>
        <translation>
            <numerusform>%n Zeile</numerusform>
            <numerusform>%n Zeilen</numerusform>
        </translation>
    </message>
    <message>
        <source>lines are counted…</source>
        <translation>Zeilen werden gezählt…</translation>
    </message>
    <message>
        <source>match %1 of %2</source>
        <translation>Treffer %1 von %2</translation>
    </message>
    <message>
        <source>no line matches</source>
        <translation>keine Zeile passt</translation>
    </message>
    <message>
        <source>%1 lines match</source>
        <translation>%1 Zeilen passen</translation>
    </message>
    <message numerus="yes">
        <source>%n errors</source>
        <translation>
            <numerusform>%n Fehler</numerusform>
            <numerusform>%n Fehler</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 shown</source>
        <translation>%1 gezeigt</translation>
    </message>
    <message>
        <source>the first %1 are not here</source>
        <translation>die ersten %1 sind nicht hier</translation>
    </message>
    <message>
        <source>live</source>
        <translation>live</translation>
    </message>
    <message>
        <source>Next error</source>
        <translation>Nächster Fehler</translation>
    </message>
    <message>
        <source>There is nothing to save yet.</source>
        <translation>Noch gibt es nichts zu sichern.</translation>
    </message>
    <message>
        <source>No line reads like a warning or an error.</source>
        <translation>Keine Zeile liest sich wie eine Warnung oder ein Fehler.</translation>
    </message>
    <message>
        <source>Nothing was written yet.</source>
        <translation>Noch wurde nichts geschrieben.</translation>
    </message>
    <message>
        <source>There is no log.</source>
        <translation>Es gibt kein Protokoll.</translation>
    </message>
    <message>
        <source>its begin is not here</source>
        <translation>der Anfang ist nicht hier</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunModel</name>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Estimator</source>
        <translation>Schätzer</translation>
    </message>
    <message>
        <source>Chosen by</source>
        <translation>Gewählt nach</translation>
    </message>
    <message>
        <source>The recipe&apos;s metric on the test rows</source>
        <translation>Die Metrik des Rezepts auf den Testzeilen</translation>
    </message>
    <message>
        <source>R²</source>
        <translation>R²</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Begonnen</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunScatter</name>
    <message>
        <source>Runs as points</source>
        <translation>Läufe als Punkte</translation>
    </message>
    <message>
        <source>%1 (log)</source>
        <translation>%1 (log)</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message numerus="yes">
        <source>%n runs have no value on one of these axes</source>
        <translation>
            <numerusform>%n Lauf hat auf einer dieser Achsen keinen Wert</numerusform>
            <numerusform>%n Läufe haben auf einer dieser Achsen keinen Wert</numerusform>
        </translation>
    </message>
    <message>
        <source>run</source>
        <translation>ausführen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunTableModel</name>
    <message>
        <source>Running? no sign for %1</source>
        <translation>Läuft? kein Zeichen seit %1</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Finished</source>
        <translation>Beendet</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>%1 in the registry, but its last sign, %2, is more than a day old. Registries know no heartbeat: a program that was killed stays RUNNING.</source>
        <translation>In der Registry %1, doch das letzte Lebenszeichen, %2, ist älter als einen Tag. Registries kennen keinen Herzschlag: Ein abgebrochenes Programm bleibt RUNNING.</translation>
    </message>
    <message>
        <source>a metric of %1</source>
        <translation>eine Metrik von %1</translation>
    </message>
    <message>
        <source>its start at %1</source>
        <translation>der Beginn um %1</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>Lauf</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Durch</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Beginn</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>Duration</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Artifacts</source>
        <translation>Artefakte</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>%1, least</source>
        <translation>%1, kleinster</translation>
    </message>
    <message>
        <source>%1, largest</source>
        <translation>%1, größter</translation>
    </message>
    <message>
        <source>%1, step %2</source>
        <translation>%1, Schritt %2</translation>
    </message>
    <message>
        <source>Marked for a comparison: Space</source>
        <translation>Zum Vergleich markiert: Leertaste</translation>
    </message>
    <message>
        <source>Its history has not been read yet.</source>
        <translation>Der Verlauf ist noch nicht gelesen.</translation>
    </message>
    <message>
        <source>marked</source>
        <translation>markiert</translation>
    </message>
    <message>
        <source>not marked</source>
        <translation>nicht markiert</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunView</name>
    <message>
        <source>Curves</source>
        <translation>Kurven</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Progress of the training</source>
        <translation>Fortschritt des Trainings</translation>
    </message>
    <message>
        <source>Log of the training</source>
        <translation>Protokoll des Trainings</translation>
    </message>
    <message>
        <source>No log yet</source>
        <translation>Noch kein Protokoll</translation>
    </message>
    <message>
        <source>What a training says shows up here while it runs.</source>
        <translation>Was ein Training sagt, steht hier, während es läuft.</translation>
    </message>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Stopping</source>
        <translation>Hält an</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source> · %1 %2 of %3</source>
        <translation> · %1 %2 von %3</translation>
    </message>
    <message>
        <source> · stops after this step, the checkpoint is kept</source>
        <translation> · hält nach diesem Schritt an, der Checkpoint bleibt</translation>
    </message>
    <message>
        <source>%1 spent, %2 left</source>
        <translation>%1 gebraucht, noch %2</translation>
    </message>
    <message>
        <source>%1 spent</source>
        <translation>%1 gebraucht</translation>
    </message>
    <message>
        <source>step</source>
        <translation>Schritt</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Last run %1</source>
        <translation>Letzter Lauf %1</translation>
    </message>
    <message>
        <source>%1 %2 on its test rows</source>
        <translation>%1 %2 auf seinen Testzeilen</translation>
    </message>
    <message>
        <source>%1 ago, by %2</source>
        <translation>vor %1, von %2</translation>
    </message>
    <message>
        <source>Nothing trained yet</source>
        <translation>Noch nichts trainiert</translation>
    </message>
    <message>
        <source>The curves of the running training and how the runs compare stand here. Choose a model or open a data file; the recipe on the left says what is trained.</source>
        <translation>Hier stehen die Kurven des laufenden Trainings und der Vergleich der Läufe. Wählen Sie ein Modell oder öffnen Sie eine Datendatei; das Rezept links sagt, was trainiert wird.</translation>
    </message>
    <message>
        <source>Train on this machine</source>
        <translation>Auf diesem Rechner trainieren</translation>
    </message>
    <message>
        <source>champion %1</source>
        <translation>Champion %1</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenze %1</translation>
    </message>
    <message>
        <source>%1 of every run on its test rows, newest last: %2</source>
        <translation>%1 jedes Laufs auf seinen Testzeilen, der neueste zuletzt: %2</translation>
    </message>
    <message>
        <source>%1 by run</source>
        <translation>%1 nach Lauf</translation>
    </message>
    <message>
        <source>on its test rows, newest right</source>
        <translation>auf seinen Testzeilen, neueste rechts</translation>
    </message>
    <message>
        <source>Curve of %1 in the training of %2</source>
        <translation>Kurve von %1 im Training von %2</translation>
    </message>
    <message>
        <source>training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>validation</source>
        <translation>Validierung</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::RunsPage</name>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Esc</source>
        <translation>Esc</translation>
    </message>
    <message>
        <source>Registry</source>
        <translation>Registry</translation>
    </message>
    <message>
        <source>The registry whose runs are shown</source>
        <translation>Die Registry, deren Läufe gezeigt werden</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>Ansichten</translation>
    </message>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Runs in a state</source>
        <translation>Läufe in einem Zustand</translation>
    </message>
    <message>
        <source>Not marked</source>
        <translation>Nicht markiert</translation>
    </message>
    <message>
        <source>%1 runs are compared at most.</source>
        <translation>Höchstens %1 Läufe werden verglichen.</translation>
    </message>
    <message>
        <source>Close the run</source>
        <translation>Lauf schließen</translation>
    </message>
    <message>
        <source>Parameters and metrics of the run</source>
        <translation>Parameter und Metriken des Laufs</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>Noch keine Läufe</translation>
    </message>
    <message>
        <source>Each training that logs to this registry shows up here, while it runs.</source>
        <translation>Jedes Training, das in diese Registry schreibt, erscheint hier, schon während es läuft.</translation>
    </message>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>All %1</source>
        <translation>Alle %1</translation>
    </message>
    <message>
        <source>No run passes</source>
        <translation>Kein Lauf passt</translation>
    </message>
    <message numerus="yes">
        <source>None of %n runs fits the filter and the state chosen.</source>
        <translation>
            <numerusform>Der %n Lauf passt nicht zum Filter und zum gewählten Zustand.</numerusform>
            <numerusform>Keiner von %n Läufen passt zum Filter und zum gewählten Zustand.</numerusform>
        </translation>
    </message>
    <message>
        <source>Clear the filter</source>
        <translation>Filter leeren</translation>
    </message>
    <message>
        <source>Compare %1</source>
        <translation>%1 vergleichen</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message numerus="yes">
        <source>%1: the histories of %n runs are still read.</source>
        <translation>
            <numerusform>%1: Der Verlauf von %n Lauf wird noch gelesen.</numerusform>
            <numerusform>%1: Die Verläufe von %n Läufen werden noch gelesen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n runs so far; the others are on their way.</source>
        <translation>
            <numerusform>%n Lauf bisher; die übrigen sind unterwegs.</numerusform>
            <numerusform>%n Läufe bisher; die übrigen sind unterwegs.</numerusform>
        </translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>Beginn</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>Ende</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Durch</translation>
    </message>
    <message>
        <source>Id</source>
        <translation>Kennung</translation>
    </message>
    <message>
        <source>Artifacts</source>
        <translation>Artefakte</translation>
    </message>
    <message>
        <source>Runs of %1</source>
        <translation>Läufe von %1</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Open the runs first.</source>
        <translation>Erst die Läufe öffnen.</translation>
    </message>
    <message>
        <source>Compare the marked runs</source>
        <translation>Markierte Läufe vergleichen</translation>
    </message>
    <message>
        <source>Mark two to %1 runs: Space.</source>
        <translation>Zwei bis %1 Läufe markieren: Leertaste.</translation>
    </message>
    <message>
        <source>Take all marks away</source>
        <translation>Alle Markierungen entfernen</translation>
    </message>
    <message>
        <source>No run is marked.</source>
        <translation>Kein Lauf ist markiert.</translation>
    </message>
    <message>
        <source>Choose columns of the runs</source>
        <translation>Spalten der Läufe wählen</translation>
    </message>
    <message>
        <source>Saved views of the runs</source>
        <translation>Gesicherte Ansichten der Läufe</translation>
    </message>
    <message>
        <source>Read all runs again</source>
        <translation>Alle Läufe neu lesen</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Arbeitsbereich ist geöffnet.</translation>
    </message>
    <message>
        <source>the runs</source>
        <translation>die Läufe</translation>
    </message>
    <message>
        <source>No run is shown.</source>
        <translation>Kein Lauf wird gezeigt.</translation>
    </message>
    <message>
        <source>View removed</source>
        <translation>Ansicht entfernt</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>All runs, usual columns</source>
        <translation>Alle Läufe, übliche Spalten</translation>
    </message>
    <message>
        <source>Save as…, Enter</source>
        <translation>Sichern als …, Enter</translation>
    </message>
    <message>
        <source>Name of the view that is saved</source>
        <translation>Name der Ansicht, die gesichert wird</translation>
    </message>
    <message>
        <source>Remove “%1”</source>
        <translation>„%1“ entfernen</translation>
    </message>
    <message>
        <source>Register…</source>
        <translation>Registrieren…</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>Versionen</translation>
    </message>
    <message>
        <source>Register a version from the chosen run…</source>
        <translation>Version aus dem gewählten Lauf registrieren…</translation>
    </message>
    <message>
        <source>Choose a run first.</source>
        <translation>Erst einen Lauf wählen.</translation>
    </message>
    <message>
        <source>Register</source>
        <translation>Registrieren</translation>
    </message>
    <message>
        <source>Undo the registration</source>
        <translation>Registrierung zurücknehmen</translation>
    </message>
    <message>
        <source>It is undone from the journal.</source>
        <translation>Zurückgenommen wird sie im Journal.</translation>
    </message>
    <message>
        <source>Undo %1</source>
        <translation>%1 zurücknehmen</translation>
    </message>
    <message>
        <source>The registration is undone</source>
        <translation>Die Registrierung ist zurückgenommen</translation>
    </message>
    <message>
        <source>%1 v%2 is registered</source>
        <translation>%1 v%2 ist registriert</translation>
    </message>
    <message>
        <source>From run %1.</source>
        <translation>Aus Lauf %1.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ScheduleModel</name>
    <message>
        <source>at most %1</source>
        <translation>höchstens %1</translation>
    </message>
    <message>
        <source>catches up</source>
        <translation>holt nach</translation>
    </message>
    <message>
        <source>no catch-up</source>
        <translation>holt nichts nach</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>Grenze %1</translation>
    </message>
    <message>
        <source>Schedule</source>
        <translation>Zeitplan</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>As its system writes it</source>
        <translation>Wie sein System es schreibt</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Nächster</translation>
    </message>
    <message>
        <source>In local time</source>
        <translation>In Ortszeit</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Letzter</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>verpasst</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>missed: %1</source>
        <translation>verpasst: %1</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SchedulesSheet</name>
    <message>
        <source>Schedules</source>
        <translation>Zeitpläne</translation>
    </message>
    <message>
        <source>What starts by itself</source>
        <translation>Was von selbst beginnt</translation>
    </message>
    <message>
        <source>The chosen one</source>
        <translation>Der gewählte</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>New schedule</source>
        <translation>Neuer Zeitplan</translation>
    </message>
    <message>
        <source>every</source>
        <translation>alle</translation>
    </message>
    <message>
        <source>cron</source>
        <translation>cron</translation>
    </message>
    <message>
        <source>where the system has experiments</source>
        <translation>wo das System Experimente hat</translation>
    </message>
    <message>
        <source>Make up for what was missed</source>
        <translation>Verpasstes nachholen</translation>
    </message>
    <message>
        <source>Switched on</source>
        <translation>Eingeschaltet</translation>
    </message>
    <message>
        <source>Pipeline</source>
        <translation>Pipeline</translation>
    </message>
    <message>
        <source>Repeats</source>
        <translation>Wiederholung</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Without one the pipeline&apos;s.</source>
        <translation>Ohne Angabe der der Pipeline.</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>Experiment</translation>
    </message>
    <message>
        <source>Runs at once, at most</source>
        <translation>Höchstens gleichzeitige Läufe</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Switch off</source>
        <translation>Ausschalten</translation>
    </message>
    <message>
        <source>Choose a schedule first.</source>
        <translation>Zuerst einen Zeitplan wählen.</translation>
    </message>
    <message>
        <source>It is being done.</source>
        <translation>Wird gerade getan.</translation>
    </message>
    <message>
        <source>It is switched where it is written%1.</source>
        <translation>Er wird dort geschaltet, wo er geschrieben steht%1.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>It is removed where it is written.</source>
        <translation>Er wird dort entfernt, wo er geschrieben steht.</translation>
    </message>
    <message>
        <source>%1 no longer starts by itself.</source>
        <translation>%1 beginnt nicht mehr von selbst.</translation>
    </message>
    <message>
        <source>Undo in the journal makes it anew.</source>
        <translation>Rückgängig im Journal legt ihn neu an.</translation>
    </message>
    <message>
        <source>Make it</source>
        <translation>Anlegen</translation>
    </message>
    <message>
        <source>Open the schedules first.</source>
        <translation>Zuerst die Zeitpläne öffnen.</translation>
    </message>
    <message>
        <source>Nothing starts by itself</source>
        <translation>Nichts beginnt von selbst</translation>
    </message>
    <message>
        <source>Make a schedule on the right, or connect a system that has some.</source>
        <translation>Legen Sie rechts einen Zeitplan an, oder verbinden Sie ein System, das welche hat.</translation>
    </message>
    <message>
        <source>Switch on</source>
        <translation>Einschalten</translation>
    </message>
    <message>
        <source>Zone</source>
        <translation>Zone</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Nächster</translation>
    </message>
    <message>
        <source>Last</source>
        <translation>Letzter</translation>
    </message>
    <message>
        <source>Between</source>
        <translation>Zwischen</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>Regeln</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Known from</source>
        <translation>Bekannt aus</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Arbeitsbereich ist offen.</translation>
    </message>
    <message>
        <source>No connected system takes schedules from here.</source>
        <translation>Kein verbundenes System nimmt von hier Zeitpläne an.</translation>
    </message>
    <message>
        <source>Say when it begins.</source>
        <translation>Sagen Sie, wann er beginnt.</translation>
    </message>
    <message>
        <source>%1 …</source>
        <translation>%1 …</translation>
    </message>
    <message>
        <source>It was not done.</source>
        <translation>Es wurde nicht getan.</translation>
    </message>
    <message>
        <source>30min, 6h, 1d; or as cron: %1</source>
        <translation>30min, 6h, 1d; oder als Cron: %1</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Done: %1.</source>
        <translation>Erledigt: %1.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SearchCard</name>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>View of the search</source>
        <translation>Ansicht der Suche</translation>
    </message>
    <message>
        <source>Parallel</source>
        <translation>Parallel</translation>
    </message>
    <message>
        <source>Importance</source>
        <translation>Wichtigkeit</translation>
    </message>
    <message>
        <source>Trials</source>
        <translation>Versuche</translation>
    </message>
    <message>
        <source>Estimator of the shown trials</source>
        <translation>Lernverfahren der gezeigten Versuche</translation>
    </message>
    <message>
        <source>Trials of the search</source>
        <translation>Versuche der Suche</translation>
    </message>
    <message>
        <source>successive halving</source>
        <translation>fortgesetztes Halbieren</translation>
    </message>
    <message>
        <source>random</source>
        <translation>zufällig</translation>
    </message>
    <message>
        <source>%1 of %2 trials, %3</source>
        <translation>%1 von %2 Versuchen, %3</translation>
    </message>
    <message numerus="yes">
        <source>%n trials, %1</source>
        <translation>
            <numerusform>%n Versuch, %1</numerusform>
            <numerusform>%n Versuche, %1</numerusform>
        </translation>
    </message>
    <message>
        <source>Judged by %1: %2</source>
        <translation>Beurteilt nach %1: %2</translation>
    </message>
    <message>
        <source>Too few trials to tell</source>
        <translation>Zu wenige Versuche für eine Aussage</translation>
    </message>
    <message>
        <source>From eight trials of an estimator on, what each of its parameters explains stands here.</source>
        <translation>Ab acht Versuchen eines Lernverfahrens steht hier, was jeder seiner Parameter erklärt.</translation>
    </message>
    <message>
        <source>%1 in its last round</source>
        <translation>%1 in der letzten Runde</translation>
    </message>
    <message>
        <source>the search</source>
        <translation>die Suche</translation>
    </message>
    <message>
        <source>There is no search to save.</source>
        <translation>Es gibt keine Suche zu sichern.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SecretModel</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>Alter</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>Verwendet von</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>not stored</source>
        <translation>nicht hinterlegt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SecretsSheet</name>
    <message>
        <source>Secrets</source>
        <translation>Geheimnisse</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>Pfad</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Keychain</source>
        <translation>Schlüsselbund</translation>
    </message>
    <message>
        <source>Vault %1</source>
        <translation>Vault %1</translation>
    </message>
    <message>
        <source>Cluster %1</source>
        <translation>Cluster %1</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Secrets by name</source>
        <translation>Geheimnisse nach Namen</translation>
    </message>
    <message>
        <source>Values are shown only when asked for; the journal keeps that they were, never what they are.</source>
        <translation>Werte werden nur auf Verlangen gezeigt; das Journal hält fest, dass sie gezeigt wurden, nie welche es sind.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>No secret chosen</source>
        <translation>Kein Geheimnis gewählt</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <source>Show for %1 s</source>
        <translation>%1 s lang zeigen</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>Schlüssel</translation>
    </message>
    <message>
        <source>No place for secrets</source>
        <translation>Kein Ort für Geheimnisse</translation>
    </message>
    <message>
        <source>The keychain, Vaults and clusters of the workspace stand here.</source>
        <translation>Hier stehen Schlüsselbund, Vaults und Cluster des Arbeitsbereichs.</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>that of the connection</source>
        <translation>der der Verbindung</translation>
    </message>
    <message>
        <source>below the mount of the connection</source>
        <translation>unterhalb des Mounts der Verbindung</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>No secrets here</source>
        <translation>Keine Geheimnisse hier</translation>
    </message>
    <message>
        <source>The workspace names no secret; a connection that needs one names it.</source>
        <translation>Der Arbeitsbereich nennt kein Geheimnis; eine Verbindung, die eines braucht, nennt es.</translation>
    </message>
    <message>
        <source>Nothing lies here, or nothing that may be listed.</source>
        <translation>Hier liegt nichts, oder nichts, was aufgelistet werden darf.</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Made</source>
        <translation>Angelegt</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>Verwendet von</translation>
    </message>
    <message>
        <source>destroyed</source>
        <translation>vernichtet</translation>
    </message>
    <message>
        <source>deleted</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>Werte</translation>
    </message>
    <message>
        <source>%1 is in the clipboard for %2 s. The journal notes that it was looked at.</source>
        <translation>%1 ist %2 s lang in der Zwischenablage. Das Journal vermerkt, dass es angesehen wurde.</translation>
    </message>
    <message>
        <source>Hide</source>
        <translation>Verbergen</translation>
    </message>
    <message>
        <source>Shown for %1 s. The journal notes that it was looked at.</source>
        <translation>Wird %1 s lang gezeigt. Das Journal vermerkt, dass es angesehen wurde.</translation>
    </message>
    <message>
        <source>Its keys and versions, and who uses it.</source>
        <translation>Schlüssel und Versionen, und wer es verwendet.</translation>
    </message>
    <message>
        <source>A folder</source>
        <translation>Ein Ordner</translation>
    </message>
    <message>
        <source>Enter opens it, Backspace goes back up.</source>
        <translation>Enter öffnet ihn, Rücktaste geht zurück.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Offen</translation>
    </message>
    <message>
        <source>It is being read.</source>
        <translation>Es wird gelesen.</translation>
    </message>
    <message>
        <source>Choose a secret with a key first.</source>
        <translation>Erst ein Geheimnis mit einem Schlüssel wählen.</translation>
    </message>
    <message>
        <source>This is the top.</source>
        <translation>Das ist ganz oben.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SettingsPanel</name>
    <message>
        <source>Settings</source>
        <translation>Optionen</translation>
    </message>
    <message>
        <source>Tell on the desktop when something needs me</source>
        <translation>Auf dem Schreibtisch melden, wenn mich etwas braucht</translation>
    </message>
    <message>
        <source>Look and language</source>
        <translation>Aussehen und Sprache</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>Wie der Schreibtisch</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>Size of text and controls</source>
        <translation>Größe von Schrift und Bedienelementen</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Counts from the next start</source>
        <translation>Gilt ab dem nächsten Start</translation>
    </message>
    <message>
        <source>This workspace</source>
        <translation>Dieser Arbeitsbereich</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <source>Workspace</source>
        <translation>Arbeitsbereich</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Role</source>
        <translation>Rolle</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>Datenordner</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>Journal</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation>Vorlieben</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Ctrl + and Ctrl − as well</source>
        <translation>auch Ctrl + und Ctrl −</translation>
    </message>
    <message>
        <source>? shows those of every screen</source>
        <translation>? zeigt die jeder Ansicht</translation>
    </message>
    <message>
        <source>Open another…</source>
        <translation>Andere öffnen…</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>Neu einlesen</translation>
    </message>
    <message>
        <source>Times in UTC</source>
        <translation>Zeiten in UTC</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SideModel</name>
    <message>
        <source>Figure</source>
        <translation>Kennzahl</translation>
    </message>
    <message>
        <source>Stable</source>
        <translation>Stabil</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>Canary</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>Verkehr</translation>
    </message>
    <message>
        <source>Requests</source>
        <translation>Anfragen</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Latency p95, ms</source>
        <translation>Latenz p95, ms</translation>
    </message>
    <message>
        <source>Labelled rows</source>
        <translation>Zeilen mit Label</translation>
    </message>
    <message>
        <source>Mean error</source>
        <translation>Mittlerer Fehler</translation>
    </message>
    <message>
        <source>Mean error, %1</source>
        <translation>Mittlerer Fehler, %1</translation>
    </message>
    <message>
        <source>Labels, newest</source>
        <translation>Labels, neueste</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SignInSheet</name>
    <message>
        <source>Your code</source>
        <translation>Ihr Code</translation>
    </message>
    <message>
        <source>Copy the code</source>
        <translation>Code kopieren</translation>
    </message>
    <message>
        <source>Open the page</source>
        <translation>Seite öffnen</translation>
    </message>
    <message>
        <source>Begin again</source>
        <translation>Neu beginnen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Sign in: %1</source>
        <translation>Anmelden: %1</translation>
    </message>
    <message>
        <source>Open the page, type the code there and sign in with your account of the directory. This window notices by itself.</source>
        <translation>Öffnen Sie die Seite, geben Sie dort den Code ein und melden Sie sich mit Ihrem Konto des Verzeichnisses an. Dieses Fenster merkt es von selbst.</translation>
    </message>
    <message>
        <source>Code to type on the page</source>
        <translation>Code, der auf der Seite einzugeben ist</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>No browser could be opened. Open the address by hand, on any machine.</source>
        <translation>Es ließ sich kein Browser öffnen. Öffnen Sie die Adresse von Hand, auf einem beliebigen Rechner.</translation>
    </message>
    <message>
        <source>The directory is asked for a code …</source>
        <translation>Das Verzeichnis wird nach einem Code gefragt …</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Good until</source>
        <translation>Gültig bis</translation>
    </message>
    <message>
        <source>Kept as</source>
        <translation>Aufbewahrt als</translation>
    </message>
    <message>
        <source>Waits until you have signed in.</source>
        <translation>Wartet, bis Sie sich angemeldet haben.</translation>
    </message>
    <message>
        <source>Signed in</source>
        <translation>Angemeldet</translation>
    </message>
    <message>
        <source>The connection uses it from now on; it is renewed by itself.</source>
        <translation>Die Verbindung benutzt sie von nun an; sie erneuert sich von selbst.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SilenceSheet</name>
    <message>
        <source>Until</source>
        <translation>Bis</translation>
    </message>
    <message>
        <source>Silence</source>
        <translation>Stummschalten</translation>
    </message>
    <message>
        <source>Silence %1</source>
        <translation>%1 stummschalten</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 Stunde</translation>
    </message>
    <message>
        <source>4 hours</source>
        <translation>4 Stunden</translation>
    </message>
    <message>
        <source>1 day</source>
        <translation>1 Tag</translation>
    </message>
    <message>
        <source>1 week</source>
        <translation>1 Woche</translation>
    </message>
    <message>
        <source>Until a time of your own</source>
        <translation>Bis zu einem eigenen Zeitpunkt</translation>
    </message>
    <message>
        <source>For</source>
        <translation>Für</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>It stands beside the alert while nothing is told of it, and in the journal. It can be ended at any time.</source>
        <translation>Es steht neben dem Alarm, solange nichts von ihm gemeldet wird, und im Journal. Es lässt sich jederzeit beenden.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>That is over already.</source>
        <translation>Das ist schon vorbei.</translation>
    </message>
    <message>
        <source>Choose a time that is to come.</source>
        <translation>Einen Zeitpunkt wählen, der noch kommt.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SliceModel</name>
    <message>
        <source>Slice</source>
        <translation>Teilmenge</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Champion</source>
        <translation>Champion</translation>
    </message>
    <message>
        <source>Candidate</source>
        <translation>Kandidat</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>Änderung</translation>
    </message>
    <message>
        <source>Coloured where it is told apart at 5 %, corrected for the number of slices (Benjamini-Hochberg)</source>
        <translation>Farbig, wo bei 5 % unterscheidbar, für die Zahl der Teilmengen berichtigt (Benjamini-Hochberg)</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95-%-Intervall</translation>
    </message>
    <message>
        <source>Paired bootstrap over the same rows</source>
        <translation>Gepaartes Bootstrap über dieselben Zeilen</translation>
    </message>
    <message>
        <source>%1 worse, %2 better of %3</source>
        <translation>%1 schlechter, %2 besser von %3</translation>
    </message>
    <message>
        <source>%1 %2: %3 against %4, %5</source>
        <translation>%1 %2: %3 gegen %4, %5</translation>
    </message>
    <message>
        <source>The candidate is %1 on these rows; adjusted p = %2.</source>
        <translation>Der Kandidat ist auf diesen Zeilen %1; p = %2 (berichtigt).</translation>
    </message>
    <message>
        <source>Too few rows: under %1 a slice is not judged.</source>
        <translation>Zu wenige Zeilen: unter %1 wird eine Teilmenge nicht beurteilt.</translation>
    </message>
    <message>
        <source>%1 … %2</source>
        <translation>%1 … %2</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SourceLabel</name>
    <message>
        <source>%1, read %2</source>
        <translation>%1, gelesen %2</translation>
    </message>
    <message>
        <source>live</source>
        <translation>live</translation>
    </message>
    <message>
        <source>no answer, %1</source>
        <translation>keine Antwort, %1</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::StageGraph</name>
    <message>
        <source>Stages</source>
        <translation>Stufen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::StartSheet</name>
    <message>
        <source>Start a pipeline</source>
        <translation>Eine Pipeline starten</translation>
    </message>
    <message>
        <source>Pipeline, system or folder</source>
        <translation>Pipeline, System oder Ordner</translation>
    </message>
    <message>
        <source>Pipelines</source>
        <translation>Pipelines</translation>
    </message>
    <message>
        <source>What the start takes</source>
        <translation>Was der Start braucht</translation>
    </message>
    <message>
        <source>Branch, tag or version</source>
        <translation>Branch, Tag oder Version</translation>
    </message>
    <message>
        <source>another branch, tag or version</source>
        <translation>ein anderer Branch, Tag oder eine andere Version</translation>
    </message>
    <message>
        <source>Kept in the journal</source>
        <translation>Bleibt im Journal</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>Grund</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Nothing is planned.</source>
        <translation>Nichts ist geplant.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Start %1</source>
        <translation>%1 starten</translation>
    </message>
    <message>
        <source>No system has a pipeline that can be started.</source>
        <translation>Kein System hat eine Pipeline, die gestartet werden kann.</translation>
    </message>
    <message>
        <source>Choose a pipeline.</source>
        <translation>Eine Pipeline wählen.</translation>
    </message>
    <message>
        <source>Asks what its start takes …</source>
        <translation>Fragt, was der Start braucht …</translation>
    </message>
    <message>
        <source>It takes no parameters.</source>
        <translation>Sie hat keine Parameter.</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Arbeitsbereich ist offen.</translation>
    </message>
    <message>
        <source>It is being started.</source>
        <translation>Wird gerade gestartet.</translation>
    </message>
    <message>
        <source>What its start takes is being read.</source>
        <translation>Was der Start braucht, wird gelesen.</translation>
    </message>
    <message>
        <source>It is being started …</source>
        <translation>Wird gestartet …</translation>
    </message>
    <message>
        <source>It was not started.</source>
        <translation>Sie wurde nicht gestartet.</translation>
    </message>
    <message>
        <source>Ask again</source>
        <translation>Erneut fragen</translation>
    </message>
    <message>
        <source>%1 was started</source>
        <translation>%1 wurde gestartet</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::State</name>
    <message>
        <source>Passed</source>
        <translation>Bestanden</translation>
    </message>
    <message>
        <source>Near limit</source>
        <translation>Nahe am Grenzwert</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>Unbekannt</translation>
    </message>
    <message>
        <source>Stale</source>
        <translation>Veraltet</translation>
    </message>
    <message>
        <source>Skew</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>Ausgelassen</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>not served</source>
        <translation>nicht ausgeliefert</translation>
    </message>
    <message>
        <source>stable</source>
        <translation>stabil</translation>
    </message>
    <message>
        <source>progressing</source>
        <translation>unterwegs</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>turned back</source>
        <translation>zurückgenommen</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>keine Antwort</translation>
    </message>
    <message>
        <source>Passed with warnings</source>
        <translation>Bestanden mit Warnungen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::SystemsStrip</name>
    <message>
        <source>%1, shown from %2: %3</source>
        <translation>%1, gezeigt von %2: %3</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TerminalSheet</name>
    <message>
        <source>Open again</source>
        <translation>Neu öffnen</translation>
    </message>
    <message>
        <source>Shell in %1 (%2)</source>
        <translation>Shell in %1 (%2)</translation>
    </message>
    <message>
        <source>Shell in %1, %2 (%3)</source>
        <translation>Shell in %1, %2 (%3)</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>Another container: its shell is opened in a window of its own</source>
        <translation>Ein anderer Container: seine Shell öffnet sich in einem eigenen Fenster</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>Einfügen</translation>
    </message>
    <message>
        <source>Opening a shell in %1…</source>
        <translation>Shell in %1 wird geöffnet…</translation>
    </message>
    <message>
        <source>Connected. Closing the window ends the shell.</source>
        <translation>Verbunden. Das Schließen des Fensters beendet die Shell.</translation>
    </message>
    <message>
        <source>The shell ended with exit code %1 after %2.</source>
        <translation>Die Shell endete mit Exit-Code %1 nach %2.</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TerminalView</name>
    <message>
        <source>Terminal</source>
        <translation>Terminal</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TimelineView</name>
    <message>
        <source>Training</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>Pipelines</source>
        <translation>Pipelines</translation>
    </message>
    <message>
        <source>Promotions</source>
        <translation>Freigaben</translation>
    </message>
    <message>
        <source>Rollouts</source>
        <translation>Rollouts</translation>
    </message>
    <message>
        <source>Drift</source>
        <translation>Drift</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>Alarme</translation>
    </message>
    <message>
        <source>One time axis</source>
        <translation>Eine Zeitachse</translation>
    </message>
    <message>
        <source>now %1</source>
        <translation>jetzt %1</translation>
    </message>
    <message>
        <source>%1, PSI</source>
        <translation>%1, PSI</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::ToastArea</name>
    <message>
        <source>Undo</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TrafficBar</name>
    <message>
        <source>Traffic</source>
        <translation>Verteilung der Anfragen</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TrainPanel</name>
    <message>
        <source>Train</source>
        <translation>Training</translation>
    </message>
    <message>
        <source>%1 is trained</source>
        <translation>%1 ist trainiert</translation>
    </message>
    <message>
        <source>The candidate stands in the registry; judge it against the champion.</source>
        <translation>Der Kandidat steht in der Registry; ihn gegen den Champion beurteilen.</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>Läufe</translation>
    </message>
    <message>
        <source>Chosen runs side by side</source>
        <translation>Gewählte Läufe nebeneinander</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>Vergleichen</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Train %1</source>
        <translation>%1 trainieren</translation>
    </message>
    <message>
        <source>Train on this machine</source>
        <translation>Hier trainieren</translation>
    </message>
    <message>
        <source>Open data…</source>
        <translation>Daten öffnen …</translation>
    </message>
    <message>
        <source>There is no such training in this window.</source>
        <translation>Ein solches Training gibt es in diesem Fenster nicht.</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>local</source>
        <translation>lokal</translation>
    </message>
    <message>
        <source>No runs yet</source>
        <translation>Noch keine Läufe</translation>
    </message>
    <message>
        <source>Train once and the runs show up here.</source>
        <translation>Einmal trainieren, dann stehen die Läufe hier.</translation>
    </message>
    <message numerus="yes">
        <source>Compare %n runs</source>
        <translation>
            <numerusform>%n Lauf vergleichen</numerusform>
            <numerusform>%n Läufe vergleichen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n running</source>
        <translation>
            <numerusform>%n läuft</numerusform>
            <numerusform>%n laufen</numerusform>
        </translation>
    </message>
    <message>
        <source>Go on with %1</source>
        <translation>%1 fortsetzen</translation>
    </message>
    <message>
        <source>This run has no checkpoint to go on from.</source>
        <translation>Dieser Lauf hat keinen Checkpoint, ab dem er weitergehen kann.</translation>
    </message>
    <message>
        <source>Nothing to compare yet</source>
        <translation>Noch nichts zu vergleichen</translation>
    </message>
    <message>
        <source>Two runs stand side by side here; Ctrl and click chooses more. What differs comes first.</source>
        <translation>Hier stehen zwei Läufe nebeneinander; Strg und Klick wählt mehr. Unterschiede kommen zuerst.</translation>
    </message>
    <message>
        <source>Quality of the data</source>
        <translation>Qualität der Daten</translation>
    </message>
    <message>
        <source>Data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>%1 rows · %2 columns</source>
        <translation>%1 Zeilen · %2 Spalten</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>No value is missing, nothing is constant, repeated or far out.</source>
        <translation>Kein Wert fehlt, nichts ist konstant, doppelt oder weit außerhalb.</translation>
    </message>
    <message>
        <source>Report…</source>
        <translation>Bericht …</translation>
    </message>
    <message>
        <source>Save data quality report…</source>
        <translation>Datenqualitätsbericht sichern …</translation>
    </message>
    <message>
        <source>Open a data file first.</source>
        <translation>Zuerst eine Datendatei öffnen.</translation>
    </message>
    <message>
        <source>Save data quality report</source>
        <translation>Datenqualitätsbericht sichern</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::TrialModel</name>
    <message>
        <source>Trial</source>
        <translation>Versuch</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>Parameter</translation>
    </message>
    <message>
        <source>Mean</source>
        <translation>Mittel</translation>
    </message>
    <message>
        <source>Of the metric over the folds</source>
        <translation>Der Metrik über die Teile</translation>
    </message>
    <message>
        <source>±</source>
        <translation>±</translation>
    </message>
    <message>
        <source>Standard deviation over the folds</source>
        <translation>Standardabweichung über die Teile</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Share of the training rows in its last round</source>
        <translation>Anteil der Trainingszeilen in der letzten Runde</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <source>best</source>
        <translation>der beste</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::VersionModel</name>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Aliases</source>
        <translation>Aliase</translation>
    </message>
    <message>
        <source>Estimator</source>
        <translation>Schätzer</translation>
    </message>
    <message>
        <source>On its test rows</source>
        <translation>Auf seinen Testzeilen</translation>
    </message>
    <message>
        <source>As the run logged them; a promotion scores again</source>
        <translation>Wie der Lauf sie aufschrieb; eine Freigabe rechnet neu</translation>
    </message>
    <message>
        <source>Promotion</source>
        <translation>Freigabe</translation>
    </message>
    <message>
        <source>Trained</source>
        <translation>Trainiert</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>Paket</translation>
    </message>
    <message>
        <source>served</source>
        <translation>ausgeliefert</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WhatIfPanel</name>
    <message>
        <source>What-if</source>
        <translation>Was-wäre</translation>
    </message>
    <message>
        <source>Input</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>Antwort</translation>
    </message>
    <message>
        <source>Response</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>Anfrage</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Typical row</source>
        <translation>Typische Zeile</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Copy as curl</source>
        <translation>Als curl kopieren</translation>
    </message>
    <message>
        <source>Nothing is served yet</source>
        <translation>Noch wird nichts ausgeliefert</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message numerus="yes">
        <source>%n feature(s)</source>
        <translation>
            <numerusform>%n Merkmal</numerusform>
            <numerusform>%n Merkmale</numerusform>
        </translation>
    </message>
    <message>
        <source>Champion v%1</source>
        <translation>Champion v%1</translation>
    </message>
    <message>
        <source>%1, version %2</source>
        <translation>%1, Version %2</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 ms</translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>class</source>
        <translation>Klasse</translation>
    </message>
    <message>
        <source>Prediction of version %1 as %2 goes from %3 to %4, all else as set</source>
        <translation>Die Vorhersage von Version %1, wenn %2 von %3 bis %4 geht und alles andere bleibt</translation>
    </message>
    <message>
        <source>Response to %1</source>
        <translation>Verlauf über %1</translation>
    </message>
    <message>
        <source>%1 points, all else as set</source>
        <translation>%1 Punkte, alles andere wie eingestellt</translation>
    </message>
    <message>
        <source>Signature: %1 in, %2 out</source>
        <translation>Signatur: %1 ein, %2 aus</translation>
    </message>
    <message>
        <source>Beside</source>
        <translation>Daneben</translation>
    </message>
    <message>
        <source>Version beside the served one</source>
        <translation>Version neben der bereitgestellten</translation>
    </message>
    <message>
        <source>v%1, candidate</source>
        <translation>v%1, Kandidat</translation>
    </message>
    <message>
        <source>v%1, champion</source>
        <translation>v%1, Champion</translation>
    </message>
    <message>
        <source>v%1</source>
        <translation>v%1</translation>
    </message>
    <message>
        <source>No other version yet</source>
        <translation>Noch keine andere Version</translation>
    </message>
    <message>
        <source>A new candidate answers here, beside the served one.</source>
        <translation>Ein neuer Kandidat antwortet hier, neben der bereitgestellten Version.</translation>
    </message>
    <message>
        <source>Train</source>
        <translation>Trainieren</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>scored from the registry, nothing is logged</source>
        <translation>aus dem Register gerechnet, nichts wird protokolliert</translation>
    </message>
    <message>
        <source>the same class</source>
        <translation>dieselbe Klasse</translation>
    </message>
    <message>
        <source>another class</source>
        <translation>eine andere Klasse</translation>
    </message>
    <message numerus="yes">
        <source>%n more inputs, at their typical value</source>
        <translation>
            <numerusform>%n weitere Eingabe, auf ihrem typischen Wert</numerusform>
            <numerusform>%n weitere Eingaben, auf ihrem typischen Wert</numerusform>
        </translation>
    </message>
    <message>
        <source>Nothing has answered yet.</source>
        <translation>Noch hat nichts geantwortet.</translation>
    </message>
    <message>
        <source>Endpoint…</source>
        <translation>Endpunkt…</translation>
    </message>
    <message>
        <source>Needs role operator.</source>
        <translation>Braucht die Rolle operator.</translation>
    </message>
    <message>
        <source>There is no model yet.</source>
        <translation>Es gibt noch kein Modell.</translation>
    </message>
    <message>
        <source>Promote a version, or name the endpoint that serves one (“Endpoint…” in the palette); then a row can be asked here, with sliders from the model&apos;s own signature.</source>
        <translation>Eine Version befördern oder den Endpunkt nennen, der eine bedient („Endpunkt…“ in der Palette); dann lässt sich hier eine Zeile fragen, mit Reglern aus der Signatur des Modells.</translation>
    </message>
    <message>
        <source>Explain…</source>
        <translation>Erklären…</translation>
    </message>
    <message>
        <source>Choose a version first.</source>
        <translation>Erst eine Version wählen.</translation>
    </message>
    <message>
        <source>Explain %1</source>
        <translation>%1 erklären</translation>
    </message>
    <message>
        <source>Explain what is chosen</source>
        <translation>Erklären, was gewählt ist</translation>
    </message>
    <message>
        <source>Stop explaining what is chosen</source>
        <translation>Erklärung des Gewählten anhalten</translation>
    </message>
    <message>
        <source>Nothing is being explained.</source>
        <translation>Es wird nichts erklärt.</translation>
    </message>
    <message>
        <source>the explanation</source>
        <translation>die Erklärung</translation>
    </message>
    <message>
        <source>Nothing is explained yet.</source>
        <translation>Noch ist nichts erklärt.</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>Seite</translation>
    </message>
    <message>
        <source>Ask a row</source>
        <translation>Zeile fragen</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Erklären</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WhyCard</name>
    <message>
        <source>Why this answer?</source>
        <translation>Warum diese Antwort?</translation>
    </message>
    <message>
        <source>Who is asked</source>
        <translation>Wer gefragt wird</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>Dieser Rechner</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>dieser Rechner</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Explain</source>
        <translation>Erklären</translation>
    </message>
    <message>
        <source>It is being explained.</source>
        <translation>Es wird gerade erklärt.</translation>
    </message>
    <message>
        <source>There is no row yet.</source>
        <translation>Es gibt noch keine Zeile.</translation>
    </message>
    <message>
        <source>Stop explaining</source>
        <translation>Erklärung anhalten</translation>
    </message>
    <message>
        <source>Nothing is being explained.</source>
        <translation>Es wird nichts erklärt.</translation>
    </message>
    <message>
        <source>stopping…</source>
        <translation>hält an …</translation>
    </message>
    <message>
        <source>Nothing is explained yet.</source>
        <translation>Noch ist nichts erklärt.</translation>
    </message>
    <message>
        <source>Copy explanation as CSV</source>
        <translation>Erklärung als CSV kopieren</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Not explained yet</source>
        <translation>Noch nicht erklärt</translation>
    </message>
    <message>
        <source>How much each input adds to the answer, by SHAP values (“Explain”).</source>
        <translation>Wie viel jede Eingabe zur Antwort beiträgt, nach SHAP-Werten („Erklären“).</translation>
    </message>
    <message>
        <source>the row was changed since</source>
        <translation>die Zeile wurde seither geändert</translation>
    </message>
    <message>
        <source>Explain again</source>
        <translation>Neu erklären</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>More…</source>
        <translation>Mehr…</translation>
    </message>
    <message>
        <source>Other methods, data sets, single inputs</source>
        <translation>Andere Verfahren, Datensätze, einzelne Eingaben</translation>
    </message>
    <message>
        <source>the explanation of the row</source>
        <translation>die Erklärung der Zeile</translation>
    </message>
    <message>
        <source>another output was chosen since</source>
        <translation>seither wurde eine andere Ausgabe gewählt</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadCharts</name>
    <message>
        <source>Requests/s</source>
        <translation>Anfragen/s</translation>
    </message>
    <message>
        <source>Errors, %</source>
        <translation>Fehler, %</translation>
    </message>
    <message>
        <source>Latency p95, ms</source>
        <translation>Latenz p95, ms</translation>
    </message>
    <message>
        <source>Predictions</source>
        <translation>Vorhersagen</translation>
    </message>
    <message>
        <source>Nothing is chosen</source>
        <translation>Nichts ausgewählt</translation>
    </message>
    <message>
        <source>What a workload&apos;s revisions answer is drawn here.</source>
        <translation>Was die Revisionen eines Workloads antworten, wird hier gezeichnet.</translation>
    </message>
    <message>
        <source>%1 of %2, by revision</source>
        <translation>%1 von %2, nach Revision</translation>
    </message>
    <message>
        <source>turned back above %1</source>
        <translation>wird zurückgenommen über %1</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>Nicht bekannt</translation>
    </message>
    <message>
        <source>1/s</source>
        <translation>1/s</translation>
    </message>
    <message>
        <source>%1 saw no request in the last hour.</source>
        <translation>%1 sah in der letzten Stunde keine Anfrage.</translation>
    </message>
    <message>
        <source>%1 does not tell which requests failed.</source>
        <translation>%1 sagt nicht, welche Anfragen gescheitert sind.</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>%1 does not tell how long requests took.</source>
        <translation>%1 sagt nicht, wie lange Anfragen dauerten.</translation>
    </message>
    <message>
        <source>Predictions, %</source>
        <translation>Vorhersagen, %</translation>
    </message>
    <message>
        <source>Mean prediction</source>
        <translation>Mittlere Vorhersage</translation>
    </message>
    <message>
        <source>Mean error</source>
        <translation>Mittlerer Fehler</translation>
    </message>
    <message>
        <source>Name the counter of predictions at the Prometheus connection (predictions_metric, prediction_label), or the model&apos;s endpoint.</source>
        <translation>Den Zähler der Vorhersagen bei der Prometheus-Verbindung nennen (predictions_metric, prediction_label), oder den Endpunkt des Modells.</translation>
    </message>
    <message>
        <source>Requests, errors and latency are not known: %1</source>
        <translation>Anfragen, Fehler und Latenz sind nicht bekannt: %1</translation>
    </message>
    <message>
        <source>Not all of it: %1.</source>
        <translation>Nicht alles davon: %1.</translation>
    </message>
    <message>
        <source>promised %1</source>
        <translation>versprochen %1</translation>
    </message>
    <message>
        <source>Latency, ms</source>
        <translation>Latenz, ms</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadListModel</name>
    <message>
        <source>not served</source>
        <translation>nicht ausgeliefert</translation>
    </message>
    <message>
        <source>canary %1 %</source>
        <translation>Canary %1 %</translation>
    </message>
    <message>
        <source>no deployment</source>
        <translation>kein Deployment</translation>
    </message>
    <message>
        <source>%1 old</source>
        <translation>%1 alt</translation>
    </message>
    <message>
        <source>old</source>
        <translation>alt</translation>
    </message>
    <message>
        <source>since %1</source>
        <translation>seit %1</translation>
    </message>
    <message>
        <source>not reached</source>
        <translation>nicht erreicht</translation>
    </message>
    <message>
        <source>reads …</source>
        <translation>liest …</translation>
    </message>
    <message>
        <source>Endpoints</source>
        <translation>Endpunkte</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>Cluster</translation>
    </message>
    <message>
        <source>%1, %2, %3</source>
        <translation>%1, %2, %3</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadLogs</name>
    <message>
        <source>Fields of the chosen line</source>
        <translation>Felder der gewählten Zeile</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>How far back</source>
        <translation>Wie weit zurück</translation>
    </message>
    <message>
        <source>Last 1,000 lines</source>
        <translation>Letzte 1.000 Zeilen</translation>
    </message>
    <message>
        <source>Last 10,000 lines</source>
        <translation>Letzte 10.000 Zeilen</translation>
    </message>
    <message>
        <source>Last 5 minutes</source>
        <translation>Letzte 5 Minuten</translation>
    </message>
    <message>
        <source>Last hour</source>
        <translation>Letzte Stunde</translation>
    </message>
    <message>
        <source>All there is</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Fields of JSON lines</source>
        <translation>Felder von JSON-Zeilen</translation>
    </message>
    <message>
        <source>JSON fields: level, message</source>
        <translation>JSON-Felder: level, message</translation>
    </message>
    <message>
        <source>Of lines that are JSON, these fields only, separated by commas; empty: the whole line</source>
        <translation>Von JSON-Zeilen nur diese Felder, mit Komma getrennt; leer: die ganze Zeile</translation>
    </message>
    <message>
        <source>Reading the log…</source>
        <translation>Das Log wird gelesen…</translation>
    </message>
    <message>
        <source>No workload is chosen.</source>
        <translation>Kein Workload ist gewählt.</translation>
    </message>
    <message numerus="yes">
        <source>%1 · %n pods</source>
        <translation>
            <numerusform>%1 · %n Pod</numerusform>
            <numerusform>%1 · %n Pods</numerusform>
        </translation>
    </message>
    <message>
        <source>No lines yet.</source>
        <translation>Noch keine Zeilen.</translation>
    </message>
    <message>
        <source>It has no pods yet; their lines come as soon as there are some.</source>
        <translation>Es gibt noch keine Pods; ihre Zeilen kommen, sobald es welche gibt.</translation>
    </message>
    <message>
        <source>The container before the restart left no lines.</source>
        <translation>Der Container vor dem Neustart hat keine Zeilen hinterlassen.</translation>
    </message>
    <message>
        <source>There are no lines.</source>
        <translation>Es gibt keine Zeilen.</translation>
    </message>
    <message numerus="yes">
        <source>%1 It is tried again in %n s.</source>
        <translation>
            <numerusform>%1 Neuer Versuch in %n s.</numerusform>
            <numerusform>%1 Neuer Versuch in %n s.</numerusform>
        </translation>
    </message>
    <message>
        <source>Default container</source>
        <translation>Standard-Container</translation>
    </message>
    <message>
        <source>All containers</source>
        <translation>Alle Container</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>Log sichern</translation>
    </message>
    <message>
        <source>Text (*.log *.txt);;All files (*)</source>
        <translation>Text (*.log *.txt);;Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Saving %1…</source>
        <translation>%1 wird gesichert…</translation>
    </message>
    <message numerus="yes">
        <source>%n lines saved in %1.</source>
        <translation>
            <numerusform>%n Zeile in %1 gesichert.</numerusform>
            <numerusform>%n Zeilen in %1 gesichert.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadPage</name>
    <message>
        <source>Choose a workload first.</source>
        <translation>Zuerst einen Workload wählen.</translation>
    </message>
    <message>
        <source>A %1 is changed by its own steps.</source>
        <translation>Ein %1 wird über seine eigenen Schritte geändert.</translation>
    </message>
    <message>
        <source>It is being read.</source>
        <translation>Es wird gelesen.</translation>
    </message>
    <message>
        <source>It is gone.</source>
        <translation>Er ist gelöscht.</translation>
    </message>
    <message>
        <source>Only a Deployment can be paused.</source>
        <translation>Nur ein Deployment lässt sich anhalten.</translation>
    </message>
    <message>
        <source>It is paused already.</source>
        <translation>Er ist bereits angehalten.</translation>
    </message>
    <message>
        <source>It is not paused.</source>
        <translation>Er ist nicht angehalten.</translation>
    </message>
    <message>
        <source>It is paused: resume it first.</source>
        <translation>Er ist angehalten: zuerst fortsetzen.</translation>
    </message>
    <message>
        <source>A DaemonSet has one pod a node.</source>
        <translation>Ein DaemonSet hat einen Pod je Knoten.</translation>
    </message>
    <message>
        <source>There is no earlier revision.</source>
        <translation>Es gibt keine frühere Revision.</translation>
    </message>
    <message>
        <source>Choose an earlier revision: this one is what it is.</source>
        <translation>Eine frühere Revision wählen: diese läuft bereits.</translation>
    </message>
    <message>
        <source>Set image…</source>
        <translation>Image setzen…</translation>
    </message>
    <message>
        <source>Restart…</source>
        <translation>Neu starten…</translation>
    </message>
    <message>
        <source>Pause…</source>
        <translation>Anhalten…</translation>
    </message>
    <message>
        <source>Resume…</source>
        <translation>Fortsetzen…</translation>
    </message>
    <message>
        <source>Scale…</source>
        <translation>Skalieren…</translation>
    </message>
    <message>
        <source>Undo to…</source>
        <translation>Zurück auf…</translation>
    </message>
    <message>
        <source>Variables…</source>
        <translation>Variablen…</translation>
    </message>
    <message>
        <source>Resources…</source>
        <translation>Ressourcen…</translation>
    </message>
    <message>
        <source>Commands</source>
        <translation>Befehle</translation>
    </message>
    <message>
        <source>Show the log of the pod</source>
        <translation>Protokoll des Pods zeigen</translation>
    </message>
    <message>
        <source>Choose a pod first.</source>
        <translation>Erst einen Pod wählen.</translation>
    </message>
    <message>
        <source>Do it</source>
        <translation>Ausführen</translation>
    </message>
    <message>
        <source>Nothing is planned.</source>
        <translation>Nichts ist geplant.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Undo %1</source>
        <translation>%1 zurücknehmen</translation>
    </message>
    <message>
        <source>It is undone</source>
        <translation>Rückgängig gemacht</translation>
    </message>
    <message>
        <source>Its pods are followed here to the end.</source>
        <translation>Seine Pods werden hier bis zum Ende verfolgt.</translation>
    </message>
    <message>
        <source>Events of the workload, its replica sets and pods</source>
        <translation>Ereignisse des Workloads, seiner ReplicaSets und Pods</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>Ereignisse</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>Protokolle</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pods</translation>
    </message>
    <message>
        <source>Grid</source>
        <translation>Raster</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>Tabelle</translation>
    </message>
    <message>
        <source>Pods by revision</source>
        <translation>Pods nach Revision</translation>
    </message>
    <message>
        <source>Revisions</source>
        <translation>Revisionen</translation>
    </message>
    <message>
        <source>Revisions of the workload</source>
        <translation>Revisionen des Workloads</translation>
    </message>
    <message>
        <source>What the revision changed</source>
        <translation>Was die Revision geändert hat</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Gescheitert</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Rolled out</source>
        <translation>Ausgerollt</translation>
    </message>
    <message>
        <source>Rolling</source>
        <translation>Rollt aus</translation>
    </message>
    <message>
        <source>It answers at %1.</source>
        <translation>Er antwortet unter %1.</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Not ready</source>
        <translation>Nicht bereit</translation>
    </message>
    <message>
        <source>Gone</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>Not reached</source>
        <translation>Nicht erreicht</translation>
    </message>
    <message>
        <source>Reads it …</source>
        <translation>Wird gelesen …</translation>
    </message>
    <message>
        <source>Revisions are with its controller</source>
        <translation>Revisionen liegen bei seinem Controller</translation>
    </message>
    <message>
        <source>What it goes through is shown above.</source>
        <translation>Was er durchläuft, steht oben.</translation>
    </message>
    <message>
        <source>No revision yet</source>
        <translation>Noch keine Revision</translation>
    </message>
    <message>
        <source>Its controller has made none.</source>
        <translation>Sein Controller hat noch keine erzeugt.</translation>
    </message>
    <message>
        <source>OOMKilled: %1</source>
        <translation>OOMKilled: %1</translation>
    </message>
    <message>
        <source> and %1 more</source>
        <translation> und %1 weitere</translation>
    </message>
    <message>
        <source>%1 asks for %2, at most %3</source>
        <translation>%1 fordert %2 an, höchstens %3</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>what there is</source>
        <translation>was da ist</translation>
    </message>
    <message>
        <source>No requests and limits.</source>
        <translation>Keine Requests und Limits.</translation>
    </message>
    <message>
        <source>rolls with %1 more, %2 fewer pods</source>
        <translation>rollt mit %1 Pods mehr, %2 weniger</translation>
    </message>
    <message>
        <source>no probes</source>
        <translation>keine Probes</translation>
    </message>
    <message>
        <source>%1 ready of %2</source>
        <translation>%1 bereit von %2</translation>
    </message>
    <message>
        <source>, HPA %1 to %2</source>
        <translation>, HPA %1 bis %2</translation>
    </message>
    <message>
        <source>No pods</source>
        <translation>Keine Pods</translation>
    </message>
    <message>
        <source>It has none, or none was made yet: the events say why.</source>
        <translation>Er hat keine, oder es wurde noch keiner erzeugt: die Ereignisse sagen, warum.</translation>
    </message>
    <message numerus="yes">
        <source>%n warnings</source>
        <translation>
            <numerusform>%n Warnung</numerusform>
            <numerusform>%n Warnungen</numerusform>
        </translation>
    </message>
    <message>
        <source>No events</source>
        <translation>Keine Ereignisse</translation>
    </message>
    <message>
        <source>A cluster keeps them for an hour.</source>
        <translation>Ein Cluster bewahrt sie eine Stunde lang auf.</translation>
    </message>
    <message>
        <source>Revision %1, the oldest that is kept</source>
        <translation>Revision %1, die älteste aufbewahrte</translation>
    </message>
    <message numerus="yes">
        <source>%n changes</source>
        <translation>
            <numerusform>%n Änderung</numerusform>
            <numerusform>%n Änderungen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadRevisionModel</name>
    <message>
        <source>Rev.</source>
        <translation>Rev.</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>current</source>
        <translation>aktuell</translation>
    </message>
    <message>
        <source>%1 pods</source>
        <translation>%1 Pods</translation>
    </message>
</context>
<context>
    <name>pilothouse::ui::WorkloadSheet</name>
    <message>
        <source>cluster %1, namespace %2</source>
        <translation>Cluster %1, Namespace %2</translation>
    </message>
    <message>
        <source>What changes</source>
        <translation>Was sich ändert</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>Container</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>Image</translation>
    </message>
    <message>
        <source>With a tag or a digest; it is looked up in its registry where a connection names that.</source>
        <translation>Mit Tag oder Digest; es wird in seiner Registry nachgesehen, wo eine Verbindung diese nennt.</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pods</translation>
    </message>
    <message>
        <source>Variables, NAME=VALUE a line</source>
        <translation>Variablen, NAME=WERT je Zeile</translation>
    </message>
    <message>
        <source>A line less takes the variable away, as NAME- does. Values that look like credentials, and those from Secrets and ConfigMaps, are not shown and stay as they are.</source>
        <translation>Eine Zeile weniger entfernt die Variable, ebenso NAME-. Werte, die nach Zugangsdaten aussehen, und solche aus Secrets und ConfigMaps werden nicht gezeigt und bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>CPU asked for</source>
        <translation>CPU angefordert</translation>
    </message>
    <message>
        <source>Memory asked for</source>
        <translation>Speicher angefordert</translation>
    </message>
    <message>
        <source>CPU at most</source>
        <translation>CPU höchstens</translation>
    </message>
    <message>
        <source>Memory at most</source>
        <translation>Speicher höchstens</translation>
    </message>
    <message>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <source>“%1” sets no variable.</source>
        <translation>„%1“ setzt keine Variable.</translation>
    </message>
    <message>
        <source>Write NAME=VALUE, or NAME- to take it away.</source>
        <translation>NAME=WERT schreiben, oder NAME-, um sie zu entfernen.</translation>
    </message>
    <message>
        <source>Name the image first.</source>
        <translation>Zuerst das Image nennen.</translation>
    </message>
    <message>
        <source>Write how many pods: 0 or more.</source>
        <translation>Schreiben, wie viele Pods: 0 oder mehr.</translation>
    </message>
    <message>
        <source>Nothing is changed yet.</source>
        <translation>Noch ist nichts geändert.</translation>
    </message>
    <message>
        <source>Asks the cluster …</source>
        <translation>Fragt den Cluster …</translation>
    </message>
    <message>
        <source>The server was asked with a dry run: it would take this.</source>
        <translation>Der Server wurde mit einem Probelauf gefragt: er würde das annehmen.</translation>
    </message>
    <message>
        <source>No workspace is open.</source>
        <translation>Kein Workspace ist offen.</translation>
    </message>
    <message>
        <source>It is being done.</source>
        <translation>Wird ausgeführt.</translation>
    </message>
    <message>
        <source>The plan does not stand yet.</source>
        <translation>Der Plan steht noch nicht.</translation>
    </message>
    <message>
        <source>It is being done …</source>
        <translation>Wird ausgeführt …</translation>
    </message>
    <message>
        <source>It was not done.</source>
        <translation>Nicht ausgeführt.</translation>
    </message>
    <message>
        <source>%1
Planned anew, on what is there now.</source>
        <translation>%1
Neu geplant, nach dem, was jetzt da ist.</translation>
    </message>
</context>
</TS>
