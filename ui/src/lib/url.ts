// SPDX-License-Identifier: Apache-2.0
import { customRef, reactive, type UnwrapNestedRefs } from 'vue';
import { useRoute, useRouter } from 'vue-router';

/** Words of the query string as plain fields: what is on the screen can be sent as a link. */
export function useUrl<T extends Record<string, string>>(defaults: T): UnwrapNestedRefs<T> {
  const route = useRoute();
  const router = useRouter();
  const fields = Object.fromEntries(Object.keys(defaults).map((name) => [name, customRef<string>(() => ({
    get: () => (typeof route.query[name] === 'string' ? (route.query[name] as string) : (defaults[name] ?? '')),
    set: (value) => {
      const query = { ...route.query, [name]: value === defaults[name] ? undefined : value };
      void router.replace({ query, params: route.params });
    },
  }))]));
  return reactive(fields) as UnwrapNestedRefs<T>;
}
