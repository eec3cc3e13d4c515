{{- /* Names, labels and addresses that several templates need. */}}
{{- define "crowsnest.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "crowsnest.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 48 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 48 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "crowsnest.selector" -}}
app.kubernetes.io/name: {{ include "crowsnest.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "crowsnest.labels" -}}
{{ include "crowsnest.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "crowsnest.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

{{- define "crowsnest.scheme" -}}
{{- if .Values.server.tls.existingSecret -}}https{{- else -}}http{{- end -}}
{{- end -}}

{{- define "crowsnest.serverUrl" -}}
{{- if .Values.agent.server -}}
{{- .Values.agent.server -}}
{{- else -}}
{{- printf "%s://%s.%s.svc:4300" (include "crowsnest.scheme" .) (include "crowsnest.fullname" .) .Release.Namespace -}}
{{- end -}}
{{- end -}}

{{- define "crowsnest.ingestUrl" -}}
{{- if .Values.agent.ingest -}}
{{- .Values.agent.ingest -}}
{{- else -}}
{{- printf "%s://%s.%s.svc:4318" (include "crowsnest.scheme" .) (include "crowsnest.fullname" .) .Release.Namespace -}}
{{- end -}}
{{- end -}}

{{- /* Variables of both agents; the token is projected, short-lived and for this audience only. */}}
{{- define "crowsnest.agentEnv" -}}
- name: CROWSNEST_AGENT_SERVER
  value: {{ include "crowsnest.serverUrl" . | quote }}
- name: CROWSNEST_AGENT_INGEST
  value: {{ include "crowsnest.ingestUrl" . | quote }}
- name: CROWSNEST_AGENT_CLUSTER
  value: {{ .Values.cluster | quote }}
- name: CROWSNEST_AGENT_TOKEN_FILE
  value: /var/run/secrets/crowsnest/token
{{- if or .Values.server.tls.existingSecret .Values.agent.caConfigMap }}
- name: CROWSNEST_AGENT_CA_FILE
  value: /var/run/crowsnest-ca/ca.crt
{{- end }}
{{- if .Values.agent.tags }}
- name: CROWSNEST_AGENT_TAGS
  value: {{ join "," .Values.agent.tags | quote }}
{{- end }}
- name: CROWSNEST_AGENT_NODE
  valueFrom:
    fieldRef:
      fieldPath: spec.nodeName
- name: CROWSNEST_AGENT_NODE_IP
  valueFrom:
    fieldRef:
      fieldPath: status.hostIP
- name: CROWSNEST_AGENT_POD
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: CROWSNEST_AGENT_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- end -}}

{{- define "crowsnest.agentMounts" -}}
- name: crowsnest-token
  mountPath: /var/run/secrets/crowsnest
  readOnly: true
- name: kubernetes-token
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- if or .Values.server.tls.existingSecret .Values.agent.caConfigMap }}
- name: crowsnest-ca
  mountPath: /var/run/crowsnest-ca
  readOnly: true
{{- end }}
{{- end -}}

{{- define "crowsnest.agentVolumes" -}}
- name: crowsnest-token
{{- if .Values.agent.existingSecret }}
  secret:
    secretName: {{ .Values.agent.existingSecret | quote }}
    items:
      - key: token
        path: token
{{- else }}
  projected:
    sources:
      - serviceAccountToken:
          audience: crowsnest
          expirationSeconds: 3600
          path: token
{{- end }}
- name: kubernetes-token
  projected:
    sources:
      - serviceAccountToken:
          expirationSeconds: 3607
          path: token
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
{{- if .Values.agent.caConfigMap }}
- name: crowsnest-ca
  configMap:
    name: {{ .Values.agent.caConfigMap | quote }}
{{- else if .Values.server.tls.existingSecret }}
- name: crowsnest-ca
  secret:
    secretName: {{ .Values.server.tls.existingSecret | quote }}
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- end -}}

{{- define "crowsnest.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}
